using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>Fills the options in from one configuration section.</summary>
internal sealed class ConfigurationReader(IConfiguration section) : IConfigureOptions<InvitationNotifierOptions>
{
    /// <summary>Where a change of the section is announced.</summary>
    public IConfiguration Section => section;

    public void Configure(InvitationNotifierOptions options)
    {
        var misfits = ConfigurationSchema.FindMisfits(section);
        if (misfits.Count == 0)
        {
            section.Bind(options);
            return;
        }

        // The binder stops at the first value that it cannot convert, and passes over keys that it does not know. To
        // report all problems at once, it gets what it can take in, and the rest is reported by us.
        options.BindingProblems.AddRange(misfits.Values);
        var fitting = section.AsEnumerable(makePathsRelative: true).Where(pair => !IsIn(misfits, pair.Key));
        new ConfigurationBuilder().AddInMemoryCollection(fitting).Build().Bind(options);
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
