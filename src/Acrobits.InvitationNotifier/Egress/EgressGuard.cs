using System.Net;
using System.Net.Sockets;
using Acrobits.InvitationNotifier.Configuration;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>Looks a provider's name up, and connects to the very addresses that it has checked.</summary>
internal sealed class EgressGuard(SettingsProvider configuration, TimeProvider time)
{
    private const int MaxAddresses = 8;

    /// <summary>How names are looked up; tests put their own answers here.</summary>
    internal Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = new NameLookup(Dns.GetHostAddresses).ResolveAsync;

    /// <summary>Opens the connection for a <see cref="SocketsHttpHandler"/>.</summary>
    /// <exception cref="EgressBlockedException">One of the name's addresses is forbidden.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        // The client sends a request without a body again by itself where its connection ended without an answer. Whether
        // there is another attempt is the pipeline's decision.
        var options = (IDictionary<string, object?>)context.InitialRequestMessage.Options;
        if (!options.TryAdd(nameof(EgressGuard), true))
        {
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "The provider closed the connection without an answer.");
        }

        var settings = configuration.Current;
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);

        // The resolver does not take the unspecified addresses, 0.0.0.0 and ::, which must be refused as all others.
        var addresses = IPAddress.TryParse(host, out var literal)
            ? [literal]
            : await Resolve(host, cancellationToken).ConfigureAwait(false);
        foreach (var address in addresses)
        {
            // One forbidden answer forbids the name: whoever mixes them in wants the server to try them.
            settings.Egress.ThrowIfForbidden(address);
        }

        // A name can have thousands of addresses, and must not make a scanner of the server. The time for connecting is
        // shared out, so that a dead address leaves some for the next.
        var tried = Math.Min(addresses.Length, MaxAddresses);
        var share = settings.Delivery.AttemptTimeout / Math.Max(1, tried);
        Exception? failure = null;
        foreach (var address in addresses.Take(tried))
        {
            try
            {
                return await ConnectAsync(new IPEndPoint(address, port), share, settings.Egress, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is SocketException or TimeoutException)
            {
                failure = exception;
            }
        }

        throw failure ?? new SocketException((int)SocketError.HostNotFound);
    }

    private async Task<Stream> ConnectAsync(
        IPEndPoint endPoint, TimeSpan timeout, EgressPolicy judgedBy, CancellationToken cancellationToken)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var timer = new CancellationTokenSource(timeout, time);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
            try
            {
                await socket.ConnectAsync(endPoint, limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"No connection to {endPoint} within {timeout:c}.");
            }

            return new GuardedStream(socket, endPoint.Address, judgedBy, configuration);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // A connection that is kept outlives the configuration that it was opened under, so it is judged again by each new one.
    private sealed class GuardedStream(Socket socket, IPAddress address, EgressPolicy judgedBy, SettingsProvider configuration)
        : NetworkStream(socket, ownsSocket: true)
    {
        private EgressPolicy _judgedBy = judgedBy;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var policy = configuration.Current.Egress;
            if (policy != _judgedBy)
            {
                policy.ThrowIfForbidden(address);
                _judgedBy = policy;
            }

            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}
