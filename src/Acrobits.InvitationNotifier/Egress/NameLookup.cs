using System.Net;
using System.Net.Sockets;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>Resolves names on a limited number of dedicated threads. Concurrent look-ups of a name share one call.</summary>
/// <remarks>
/// The system's resolver blocks and cannot be canceled. The framework lets it block threads of the thread pool, so a few
/// providers whose name servers do not respond would hold up the whole application. Here a look-up waits if no thread is free.
/// Some threads are reserved for names that recently resolved fast, and names that were recently slow share a few threads.
/// </remarks>
internal sealed class NameLookup
{
    private const int MaxThreads = 32;
    private const int MaxNotAnsweredLately = 24;
    private const int MaxSlow = 8;
    private const int MaxRemembered = 4096;
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Func<string, IPAddress[]> _lookUp;
    private readonly TimeProvider _time;
    private readonly Action<Thread> _start;
    private readonly Dictionary<string, Lookup> _lookups = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Past> _pasts = new(StringComparer.OrdinalIgnoreCase);
    private readonly LinkedList<Lookup> _waiting = [];
    private readonly int[] _running = new int[3];

    /// <param name="lookUp">The resolver.</param>
    /// <param name="time">The time.</param>
    /// <param name="start">Starts a thread. Tests make it fail.</param>
    public NameLookup(Func<string, IPAddress[]> lookUp, TimeProvider? time = null, Action<Thread>? start = null)
    {
        _lookUp = lookUp;
        _time = time ?? TimeProvider.System;
        _start = start ?? (static thread => thread.Start());
    }

    private enum Past
    {
        Unknown,
        Answered,
        Slow,
    }

    /// <summary>Resolves a name. Joins a look-up of the same name that is under way.</summary>
    /// <exception cref="SocketException">The name was not resolved, or no thread could be started.</exception>
    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        var lookup = Join(host);
        try
        {
            return await lookup.Answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leave(lookup);
        }
    }

    private Lookup Join(string host)
    {
        lock (_gate)
        {
            if (_lookups.TryGetValue(host, out var lookup))
            {
                lookup.Callers++;
                return lookup;
            }

            lookup = new Lookup(host, _pasts.GetValueOrDefault(host));
            _lookups.Add(host, lookup);
            if (CanRun(lookup.Past))
            {
                Start(lookup);
            }
            else
            {
                lookup.Waiting = _waiting.AddLast(lookup);
            }

            return lookup;
        }
    }

    // Removes a queued look-up once all its callers have stopped waiting.
    private void Leave(Lookup lookup)
    {
        lock (_gate)
        {
            if (--lookup.Callers == 0 && lookup.Waiting is { } place)
            {
                _waiting.Remove(place);
                _lookups.Remove(lookup.Host);
            }
        }
    }

    private bool CanRun(Past past)
    {
        var (unknown, slow) = (_running[(int)Past.Unknown], _running[(int)Past.Slow]);
        return _running[(int)Past.Answered] + unknown + slow < MaxThreads
            && (past == Past.Answered || unknown + slow < MaxNotAnsweredLately)
            && (past != Past.Slow || slow < MaxSlow);
    }

    private void Start(Lookup lookup)
    {
        _running[(int)lookup.Past]++;
        try
        {
            _start(new Thread(() => Run(lookup)) { IsBackground = true, Name = "Invitation notifier: name look-up" });
        }
        catch (Exception exception)
        {
            // The process is out of threads or memory. A later look-up tries again.
            _running[(int)lookup.Past]--;
            _lookups.Remove(lookup.Host);
            lookup.Fail(new SocketException((int)SocketError.TryAgain, $"No thread for the name look-up: {exception.GetType().Name}."));
        }
    }

    private void Run(Lookup? lookup)
    {
        while (lookup is not null)
        {
            var started = _time.GetTimestamp();
            IPAddress[]? addresses = null;
            Exception? failure = null;
            try
            {
                addresses = _lookUp(lookup.Host);
            }
            catch (Exception exception)
            {
                failure = exception;
            }

            var next = End(lookup, _time.GetElapsedTime(started) < Slow ? Past.Answered : Past.Slow);
            if (addresses is not null)
            {
                lookup.Answer.TrySetResult(addresses);
            }
            else
            {
                lookup.Fail(failure!);
            }

            lookup = next;
        }
    }

    // Returns the next look-up for the thread: the first in the queue that may run.
    private Lookup? End(Lookup lookup, Past past)
    {
        lock (_gate)
        {
            _lookups.Remove(lookup.Host);
            _running[(int)lookup.Past]--;
            if (_pasts.Count >= MaxRemembered)
            {
                _pasts.Clear();
            }

            _pasts[lookup.Host] = past;
            for (var place = _waiting.First; place is not null; place = place.Next)
            {
                if (CanRun(place.Value.Past))
                {
                    _waiting.Remove(place);
                    place.Value.Waiting = null;
                    _running[(int)place.Value.Past]++;
                    return place.Value;
                }
            }

            return null;
        }
    }

    private sealed class Lookup(string host, Past past)
    {
        public string Host => host;

        public Past Past => past;

        public int Callers { get; set; } = 1;

        /// <summary>The node in the queue; null if the look-up has a thread.</summary>
        public LinkedListNode<Lookup>? Waiting { get; set; }

        // Continuations must not run on the look-up's thread.
        public TaskCompletionSource<IPAddress[]> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Fail(Exception exception)
        {
            Answer.TrySetException(exception);

            // Observes the exception, because all callers may have stopped waiting.
            _ = Answer.Task.Exception;
        }
    }
}
