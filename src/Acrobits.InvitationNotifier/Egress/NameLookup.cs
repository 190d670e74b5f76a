using System.Collections.Concurrent;
using System.Net;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>Looks names up on threads of their own, one look-up of a name at a time.</summary>
/// <remarks>
/// The system's resolver blocks, and cannot be stopped. The framework lets it block threads of the pool, so that a few
/// providers whose name servers do not answer would hold up the whole application.
/// </remarks>
/// <param name="lookUp">The resolver.</param>
internal sealed class NameLookup(Func<string, IPAddress[]> lookUp)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<IPAddress[]>>> _underWay = new(StringComparer.OrdinalIgnoreCase);

    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        _underWay.GetOrAdd(host, name => new(() => Start(name))).Value.WaitAsync(cancellationToken);

    private Task<IPAddress[]> Start(string host)
    {
        // A long-running task has a thread of its own; what waits for it must not go on there.
        var lookup = Task.Factory.StartNew(
            () => Run(host),
            CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.RunContinuationsAsynchronously,
            TaskScheduler.Default);

        // Nobody may be left to see the failure.
        _ = lookup.ContinueWith(
            static failed => failed.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return lookup;
    }

    private IPAddress[] Run(string host)
    {
        try
        {
            return lookUp(host);
        }
        finally
        {
            _underWay.TryRemove(host, out _);
        }
    }
}
