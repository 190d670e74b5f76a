using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Configuration;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>
/// Finds what a reload leaves out without saying so: a file that was deleted or cut short, a section that was renamed.
/// Nothing of that is a decision to stop telling providers, or to tell another one.
/// </summary>
internal static class Absence
{
    private const string Url = nameof(InvitationNotifierOptions.InvitationCreatedUrl);
    private const string Networks = nameof(InvitationNotifierOptions.Networks);

    public static void Find(InvitationNotifierOptions last, InvitationNotifierOptions next, ProblemScope problems)
    {
        var known = problems.Count;
        foreach (var (before, now) in Reading.Of(last).Sections.Zip(Reading.Of(next).Sections))
        {
            var name = now.Path.Length == 0 ? "The configuration" : now.Path;
            if (now.IsEmpty && !before.IsEmpty)
            {
                problems.Add(name, $"has vanished, or has no keys any more. Restore it; an empty {Url} says that there is no web service");
                continue;
            }

            // A provider that the application took out of its configuration is a decision.
            foreach (var source in before.Sources.Where(source => !now.Sources.Contains(source) && now.Providers.Contains(source)))
            {
                problems.Add(name, $"{NameOf(source)} has none of its keys any more. Restore them, or restart the application if it is meant");
            }
        }

        if (problems.Count > known)
        {
            return;
        }

        if (!string.IsNullOrWhiteSpace(last.InvitationCreatedUrl) && string.IsNullOrWhiteSpace(next.InvitationCreatedUrl)
            && Reading.Of(last).Sections.FindLast(section => section.HasUrl) is { } withUrl && !Reading.Of(next).Sections.Exists(section => section.HasUrl))
        {
            problems.Add(PathOf(withUrl, Url), "has vanished. Restore it, or leave it empty to say that there is no default endpoint");
        }

        if (last.Networks is { Count: > 0 } && Reading.Of(last).Sections.FindLast(section => section.HasNetworks) is { } withNetworks
            && !Reading.Of(next).Sections.Exists(section => section.HasNetworks))
        {
            problems.Add(PathOf(withNetworks, Networks), "has vanished. Restore it, or write an empty object ({}) to say that no network has settings of its own");
        }
    }

    // Providers are free to put anything into their ToString.
    private static string NameOf(IConfigurationProvider provider) =>
        provider is FileConfigurationProvider { Source.Path: { } path } ? path : provider.GetType().Name;

    private static string PathOf(SectionContent section, string key) =>
        section.Path.Length == 0 ? key : ConfigurationPath.Combine(section.Path, key);
}
