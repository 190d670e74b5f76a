using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Configuration;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>Finds a section whose name is probably misspelt.</summary>
internal static class SectionNames
{
    /// <summary>Returns the problem if sections were registered and none of them has any keys.</summary>
    public static string? FindMissing(InvitationNotifierOptions options)
    {
        var sections = OptionsMetadata.Of(options).Sections;
        return sections.Count > 0 && sections.TrueForAll(section => section.IsEmpty && section.Path.Length > 0)
            ? new Problem(null, sections[^1].Path, $"the section does not exist, or has no keys. {Advice(sections[^1])}").ToString()
            : null;
    }

    private static string Advice(SectionContent section)
    {
        var parent = ConfigurationPath.GetParentPath(section.Path);
        var name = ConfigurationPath.GetSectionKey(section.Path);
        var nearest = section.Providers
            .SelectMany(provider => provider.GetChildKeys([], parent))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Where(key => !key.Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(key => (Key: key, Distance: EditDistance.Between(key.ToLowerInvariant(), name.ToLowerInvariant())))
            .Where(key => key.Distance <= Math.Max(2, name.Length / 3))
            .OrderBy(key => key.Distance).Select(key => key.Key).FirstOrDefault();
        return nearest is null
            ? $"Pass the section that holds the web services, or write an empty {nameof(InvitationNotifierOptions.InvitationCreatedUrl)} if nothing is to be sent"
            : $"Did you mean {(parent is null ? nearest : ConfigurationPath.Combine(parent, nearest))}? Correct the name";
    }
}
