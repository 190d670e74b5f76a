using Acrobits.InvitationNotifier.Text;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>The TLS files of an endpoint. Holds their last good content, and reads them again when they change.</summary>
/// <remarks>
/// Polled when the endpoint is used, not watched: there can be thousands of networks, and a watcher does not see when a link to a
/// directory changes, which is how Kubernetes renews secrets.
/// </remarks>
internal sealed class TlsFiles
{
    private const long Never = long.MinValue;
    private static readonly TimeSpan CheckPeriod = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly TlsPaths _paths;
    private volatile TlsContent _current;
    private long _checked = Never;
    private string? _lastFailure;

    private TlsFiles(TlsPaths paths, TlsContent content) => (_paths, _current) = (paths, content);

    /// <summary>The last good certificates.</summary>
    public TlsMaterial Current => _current.Material;

    /// <summary>What is valid but probably not meant. Another list after each change.</summary>
    public IReadOnlyList<Problem> Warnings => _current.Warnings;

    /// <summary>Reads the files. Returns null if none are configured, or if problems were added.</summary>
    public static TlsFiles? Compile(TlsOptions? options, bool isHttps, ProblemScope problems)
    {
        if (options is null or { ClientCertificate: null, TrustedCertificates: null or { Count: 0 } })
        {
            return null;
        }

        var own = problems.At(nameof(InvitationWebServiceOptions.Tls));
        if (TlsPaths.Compile(options, own) is not { } paths)
        {
            return null;
        }

        if (!isHttps)
        {
            own.Add("has no effect, because the URL is not https. Use an https URL, or remove these settings");
            return null;
        }

        return paths.Read(null, own) is { } content ? new TlsFiles(paths, content) : null;
    }

    /// <summary>Whether the files should be read again. True for one of several concurrent callers.</summary>
    public bool IsDue(TimeProvider time)
    {
        var now = time.GetTimestamp();
        var last = Volatile.Read(ref _checked);
        return (last == Never || time.GetElapsedTime(last, now) >= CheckPeriod)
            && Interlocked.CompareExchange(ref _checked, now, last) == last;
    }

    /// <summary>Reads the files again.</summary>
    /// <param name="failure">
    /// The problems of changed files, which are not used; null if there are none, or if they are those of the last call.
    /// </param>
    /// <returns>Whether the files have changed and are in use now.</returns>
    public bool Renew(out string? failure)
    {
        failure = null;

        // Another caller can still be reading from a slow disk.
        if (!_gate.TryEnter())
        {
            return false;
        }

        try
        {
            var problems = new ProblemScope().At(nameof(InvitationWebServiceOptions.Tls));
            var last = _current;
            if (_paths.Read(last, problems) is { } next)
            {
                // Files that were put back after a failure are reported like new ones.
                var isRenewed = _lastFailure is not null || !next.Material.Equals(last.Material);
                (_current, _lastFailure) = (next, null);
                return isRenewed;
            }

            var found = string.Join(' ', problems.All);
            failure = found == _lastFailure ? null : found;
            _lastFailure = found;
            return false;
        }
        finally
        {
            _gate.Exit();
        }
    }
}
