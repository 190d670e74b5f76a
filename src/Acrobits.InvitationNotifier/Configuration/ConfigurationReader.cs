using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>Fills the options in from one configuration section.</summary>
/// <param name="section">The section.</param>
/// <param name="known">The application's configuration, which the section is probably a part of.</param>
internal sealed class ConfigurationReader(IConfiguration section, IConfiguration? known) : IConfigureOptions<InvitationNotifierOptions>
{
    /// <summary>Where a change of the section is announced.</summary>
    public IConfiguration Section => section;

    public void Configure(InvitationNotifierOptions options)
    {
        var pairs = ConfigurationPairs.Read(section, known);
        var tree = ConfigurationTree.Of(pairs);
        var misfits = ConfigurationSchema.FindMisfits(tree);
        if (misfits.Count > 0)
        {
            // The binder stops at the first value that it cannot convert, and passes over keys that it does not know. To
            // report all problems at once, it gets what it can take in, and the rest is reported by us.
            options.BindingProblems.AddRange(misfits.Values);
            tree = ConfigurationTree.Of(pairs.Where(pair => !IsIn(misfits, pair.Key)));
        }

        tree.Bind(options);
    }

    private static bool IsIn(SortedDictionary<string, string> misfits, string path)
    {
        for (var end = path.Length; end > 0; end = path.LastIndexOf(ConfigurationPath.KeyDelimiter, end - 1, StringComparison.Ordinal))
        {
            if (misfits.ContainsKey(path[..end]))
            {
                return true;
            }
        }

        return false;
    }
}
