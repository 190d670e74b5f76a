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
        var result = new TaskCompletionSource<IPAddress[]>(TaskCreationOptions.RunContinuationsAsynchronously);

        // Nobody may be left to see the failure.
        _ = result.Task.ContinueWith(
            static failed => failed.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        new Thread(() => Run(host, result), maxStackSize: 256 * 1024) { IsBackground = true, Name = "Name look-up" }.UnsafeStart();
        return result.Task;
    }

    private void Run(string host, TaskCompletionSource<IPAddress[]> result)
    {
        IPAddress[] addresses = [];
        Exception? failure = null;
        try
        {
            addresses = lookUp(host);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        _underWay.TryRemove(host, out _);
        if (failure is null)
        {
            result.SetResult(addresses);
        }
        else
        {
            result.SetException(failure);
        }
    }
}
