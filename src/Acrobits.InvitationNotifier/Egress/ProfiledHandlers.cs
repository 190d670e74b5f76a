using System.Collections.Concurrent;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>Holds one <see cref="SocketsHttpHandler"/> for each connection profile, and removes idle ones.</summary>
/// <param name="create">Creates a handler for the connections of a profile.</param>
/// <param name="time">The time.</param>
internal sealed class ProfiledHandlers(Func<ConnectionProfile, HttpMessageHandler> create, TimeProvider time) : IDisposable
{
    private const int MaxHandlers = 1024;
    private static readonly TimeSpan MaxIdleTime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<ConnectionProfile, Entry> _entries = new();
    private Entry? _last;
    private long _swept = time.GetTimestamp();

    public int Count => _entries.Count;

    public HttpMessageInvoker Find(ConnectionProfile profile)
    {
        // Nearly all requests have the same profile as the previous one.
        var entry = Volatile.Read(ref _last);
        if (entry is null || !ReferenceEquals(entry.Profile, profile))
        {
            entry = _entries.TryGetValue(profile, out var found) ? found : Add(profile);
            Volatile.Write(ref _last, entry);
        }

        var now = time.GetTimestamp();
        Volatile.Write(ref entry.LastUsed, now);
        if (time.GetElapsedTime(Volatile.Read(ref _swept), now) > SweepPeriod)
        {
            Sweep(now);
        }

        return entry.Invoker;
    }

    public void Dispose()
    {
        foreach (var entry in _entries.Values)
        {
            entry.Invoker.Dispose();
        }
    }

    private Entry Add(ConnectionProfile profile)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(profile, out var entry))
            {
                return entry;
            }

            if (_entries.Count >= MaxHandlers && _entries.Values.MinBy(other => Volatile.Read(ref other.LastUsed)) is { } oldest)
            {
                _entries.TryRemove(oldest.Profile, out _);
            }

            entry = new Entry(profile, new HttpMessageInvoker(create(profile)), time.GetTimestamp());
            _entries[profile] = entry;
            return entry;
        }
    }

    // Not disposed, because requests may still be under way. The handler's pool closes idle connections itself.
    private void Sweep(long now)
    {
        lock (_gate)
        {
            Volatile.Write(ref _swept, now);
            foreach (var entry in _entries.Values)
            {
                if (time.GetElapsedTime(Volatile.Read(ref entry.LastUsed), now) > MaxIdleTime)
                {
                    _entries.TryRemove(entry.Profile, out _);
                }
            }
        }
    }

    private sealed class Entry(ConnectionProfile profile, HttpMessageInvoker invoker, long lastUsed)
    {
        public long LastUsed = lastUsed;

        public ConnectionProfile Profile => profile;

        public HttpMessageInvoker Invoker => invoker;
    }
}
