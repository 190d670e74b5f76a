using Acrobits.InvitationNotifier.Telemetry;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>
/// Collects all that is wrong with a configuration, each with its key, what is wrong and what would be right. Values are
/// never quoted: they can be secrets.
/// </summary>
internal sealed class Problems
{
    private readonly List<string> _all = [];
    private string _prefix = "";

    public int Count => _all.Count;

    public IReadOnlyList<string> All => _all;

    /// <summary>The problems that follow are about one network.</summary>
    public void EnterNetwork(string networkId) =>
        _prefix = $"{nameof(InvitationNotifierOptions.Networks)}:{networkId}:";

    public void LeaveNetwork() => _prefix = "";

    public void Add(string key, string text) => AddRange([$"{_prefix}{key}: {text}."]);

    // Keys and network ids go into logs.
    public void AddRange(IEnumerable<string> problems) =>
        _all.AddRange(problems.Select(problem => new Printable(problem).ToString()));

    public Action<string> For(string key) => text => Add(key, text);
}
