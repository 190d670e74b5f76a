using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>
/// Connects to the first address of a host that responds (RFC 8305, "Happy Eyeballs"). Tries the next address when the previous
/// one fails or does not respond for 250 ms. Starts with the address that worked the last time.
/// </summary>
internal sealed class AddressRace(TimeProvider time)
{
    // A name can have thousands of addresses, and must not turn the server into a port scanner. After this many attempts, a
    // failure no longer starts the next attempt early.
    private const int MaxHastyAttempts = 16;
    private const int MaxUnderWay = 16;
    private const int MaxRemembered = 4096;
    private static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<(string Host, int Port), (IPAddress Address, long Time)> _worked = new();

    /// <summary>Connects to one of the addresses.</summary>
    /// <exception cref="SocketException">There are no addresses, or all connects failed.</exception>
    public Task<Socket> ConnectAsync(string host, int port, IPAddress[] addresses, CancellationToken cancellationToken) =>
        addresses is [var only] ? ConnectAsync(only, port, cancellationToken) : RaceAsync(host, port, addresses, cancellationToken);

    // Most names have one address, which has nothing to race with.
    private static async Task<Socket> ConnectAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var attempt = new Attempt(address, port, cancellationToken);
        if (await attempt.Ended.ConfigureAwait(false) is { } exception)
        {
            ExceptionDispatchInfo.Throw(exception);
        }

        return attempt.Socket!;
    }

    private async Task<Socket> RaceAsync(string host, int port, IPAddress[] addresses, CancellationToken cancellationToken)
    {
        var order = Order(addresses, Remembered(host, port));
        var underWay = new List<Attempt>(capacity: 1);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            Exception failure = new SocketException((int)SocketError.HostNotFound);
            var pause = Task.CompletedTask;
            for (var (next, isDue) = (0, true); ;)
            {
                if (isDue && next < order.Count)
                {
                    if (underWay.Count == MaxUnderWay)
                    {
                        underWay[0].Dispose();
                        underWay.RemoveAt(0);
                    }

                    underWay.Add(new Attempt(order[next++], port, ended.Token));
                    pause = next < order.Count ? Task.Delay(AttemptDelay, time, ended.Token) : pause;
                }

                if (next == order.Count && underWay.Count == 0)
                {
                    throw failure;
                }

                var attempts = underWay.Select(attempt => (Task)attempt.Ended);
                var first = await Task.WhenAny(next < order.Count ? attempts.Append(pause) : attempts).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                isDue = first == pause;
                if (underWay.Find(attempt => attempt.Ended == first) is { } one)
                {
                    underWay.Remove(one);
                    if (await one.Ended.ConfigureAwait(false) is not { } exception)
                    {
                        Remember(host, port, one.Address);
                        return one.Socket!;
                    }

                    failure = exception;
                    isDue = next < MaxHastyAttempts;
                }
            }
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            underWay.ForEach(attempt => attempt.Dispose());
        }
    }

    // Alternates IPv6 and IPv4, each in the order of the resolver, starting with the family of its first address.
    private static List<IPAddress> Order(IPAddress[] addresses, IPAddress? remembered)
    {
        var family = addresses.FirstOrDefault()?.AddressFamily;
        var preferred = new Queue<IPAddress>(addresses.Where(address => address.AddressFamily == family));
        var others = new Queue<IPAddress>(addresses.Where(address => address.AddressFamily != family));
        var order = new List<IPAddress>(addresses.Length);
        while (preferred.Count + others.Count > 0)
        {
            if (preferred.TryDequeue(out var address))
            {
                order.Add(address);
            }

            if (others.TryDequeue(out address))
            {
                order.Add(address);
            }
        }

        if (remembered is not null && order.Remove(remembered))
        {
            order.Insert(0, remembered);
        }

        return order;
    }

    private IPAddress? Remembered(string host, int port) =>
        _worked.TryGetValue((host, port), out var last) && time.GetElapsedTime(last.Time) < MaxAge ? last.Address : null;

    private void Remember(string host, int port, IPAddress address)
    {
        if (_worked.Count >= MaxRemembered)
        {
            _worked.Clear();
        }

        _worked[(host, port)] = (address, time.GetTimestamp());
    }

    private sealed class Attempt : IDisposable
    {
        public Attempt(IPAddress address, int port, CancellationToken cancellationToken)
        {
            Address = address;
            Ended = ConnectAsync(port, cancellationToken);
        }

        public IPAddress Address { get; }

        public Socket? Socket { get; private set; }

        /// <summary>Completes with null once the socket is connected, otherwise with the exception. Never faults.</summary>
        public Task<Exception?> Ended { get; }

        public void Dispose() => Socket?.Dispose();

        private async Task<Exception?> ConnectAsync(int port, CancellationToken cancellationToken)
        {
            // An IPv4-mapped IPv6 address (::ffff:1.2.3.4) can only be reached over IPv4.
            var target = Address.IsIPv4MappedToIPv6 ? Address.MapToIPv4() : Address;
            try
            {
                Socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await Socket.ConnectAsync(new IPEndPoint(target, port), cancellationToken).ConfigureAwait(false);
                return null;
            }
            catch (Exception exception)
            {
                Socket?.Dispose();
                return exception;
            }
        }
    }
}
