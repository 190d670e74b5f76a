using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Configuration;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>
/// Finds settings that a reload omits, for instance because a file was deleted or truncated or a section was renamed. An
/// omission is not a decision to stop notifications or to send them to another provider.
/// </summary>
internal static class MissingSettings
{
    private const string Url = nameof(InvitationNotifierOptions.InvitationCreatedUrl);
    private const string Networks = nameof(InvitationNotifierOptions.Networks);

    public static void Find(InvitationNotifierOptions last, InvitationNotifierOptions next, ProblemScope problems)
    {
        var known = problems.Count;
        foreach (var (before, now) in OptionsMetadata.Of(last).Sections.Zip(OptionsMetadata.Of(next).Sections))
        {
            var name = now.Path.Length == 0 ? "The configuration" : now.Path;
            if (now.IsEmpty && !before.IsEmpty)
            {
                problems.Add(name, $"is missing, or has no keys anymore. Restore it, or write an empty {Url} to turn notifications off");
                continue;
            }

            // Removing a provider from the configuration is a decision of the application.
            foreach (var source in before.Sources.Where(source => !now.Sources.Contains(source) && now.Providers.Contains(source)))
            {
                problems.Add(name, $"all keys from {NameOf(source)} are missing. Restore them, or restart the application if that is intended");
            }
        }

        if (problems.Count > known)
        {
            return;
        }

        if (!string.IsNullOrWhiteSpace(last.InvitationCreatedUrl) && string.IsNullOrWhiteSpace(next.InvitationCreatedUrl)
            && OptionsMetadata.Of(last).Sections.FindLast(section => section.HasUrl) is { } withUrl && !OptionsMetadata.Of(next).Sections.Exists(section => section.HasUrl))
        {
            problems.Add(PathOf(withUrl, Url), "is missing. Restore it, or write an empty string to turn the default endpoint off");
        }

        if (last.Networks is { Count: > 0 } && OptionsMetadata.Of(last).Sections.FindLast(section => section.HasNetworks) is { } withNetworks
            && !OptionsMetadata.Of(next).Sections.Exists(section => section.HasNetworks))
        {
            problems.Add(PathOf(withNetworks, Networks), "is missing. Restore it, or write an empty object ({}) if no network has settings of its own");
        }
    }

    // The ToString of a provider can hold secrets.
    private static string NameOf(IConfigurationProvider provider) =>
        provider is FileConfigurationProvider { Source.Path: { } path } ? path : provider.GetType().Name;

    private static string PathOf(SectionContent section, string key) =>
        section.Path.Length == 0 ? key : ConfigurationPath.Combine(section.Path, key);
}
