using Acrobits.InvitationNotifier.Endpoints;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Configuration;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>
/// Finds settings that a reload omits, for instance because a file was deleted or truncated or a section was renamed. An
/// omission is not a decision to stop notifications or to send them to another provider.
/// </summary>
internal static class MissingSettings
{
    private const string Networks = nameof(InvitationNotifierOptions.Networks);

    public static void Find(InvitationNotifierOptions last, InvitationNotifierOptions next, ProblemScope problems)
    {
        var known = problems.Count;
        foreach (var (before, now) in OptionsMetadata.Of(last).Sections.Zip(OptionsMetadata.Of(next).Sections))
        {
            var name = now.Path.Length == 0 ? "The configuration" : now.Path;
            if (now.IsEmpty && !before.IsEmpty)
            {
                problems.Add(name, $"is missing, or has no keys anymore. Restore it, or write an empty {nameof(last.InvitationCreatedUrl)} to turn notifications off");
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

        foreach (var (before, now) in WebServiceSettings.All(last).Zip(WebServiceSettings.All(next)))
        {
            if (before.HasUrl && !now.HasUrl && FindOmitted(before.UrlKey, last, next) is { } url)
            {
                problems.Add(url, "is missing. Restore it, or write an empty string to turn this web service of the default endpoint off");
            }
        }

        if (last.Networks is { Count: > 0 } && FindOmitted(Networks, last, next) is { } networks)
        {
            problems.Add(networks, "is missing. Restore it, or write an empty object ({}) if no network has settings of its own");
        }
    }

    // Returns the path of a key that a section had and none has anymore.
    private static string? FindOmitted(string key, InvitationNotifierOptions last, InvitationNotifierOptions next) =>
        OptionsMetadata.Of(next).Sections.Exists(section => section.Has(key))
            || OptionsMetadata.Of(last).Sections.FindLast(section => section.Has(key)) is not { } before ? null
        : before.Path.Length == 0 ? key
        : ConfigurationPath.Combine(before.Path, key);

    // The ToString of a provider can hold secrets.
    private static string NameOf(IConfigurationProvider provider) =>
        provider is FileConfigurationProvider { Source.Path: { } path } ? path : provider.GetType().Name;
}
