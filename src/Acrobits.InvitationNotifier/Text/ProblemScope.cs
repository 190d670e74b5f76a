namespace Acrobits.InvitationNotifier.Text;

/// <summary>A list of problems, and the key to which new problems are added.</summary>
internal readonly struct ProblemScope
{
    private readonly List<Problem> _all;
    private readonly string? _networkId;
    private readonly string _parent;
    private readonly string? _key;

    public ProblemScope()
        : this([], "", null, null)
    {
    }

    private ProblemScope(List<Problem> all, string parent, string? key, string? networkId)
    {
        _all = all;
        _parent = parent;
        _key = key;
        _networkId = networkId;
    }

    // Computed on demand, so that the scopes of 100,000 valid networks cost nothing.
    public string Path => _key is null ? _parent : _parent.Length == 0 ? _key : $"{_parent}:{_key}";

    public int Count => _all.Count;

    public IReadOnlyList<Problem> Problems => _all;

    public IReadOnlyList<string> All => _all.ConvertAll(problem => problem.ToString());

    public ProblemScope At(string key) => new(_all, Path, key, _networkId);

    public ProblemScope InNetwork(string networkId) => new(_all, Path, null, networkId);

    public void Add(string text) => _all.Add(new Problem(_networkId, Path, text));

    public void Add(string key, string text) => At(key).Add(text);

    public void AddRange(IEnumerable<Problem> problems) => _all.AddRange(problems);
}
