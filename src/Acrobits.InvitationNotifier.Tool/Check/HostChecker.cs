using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Acrobits.InvitationNotifier.Tool.Check;

/// <summary>Decides whether the notifier would connect to a host.</summary>
/// <param name="egress">The egress settings of the configuration.</param>
/// <param name="lookUp">Finds the addresses of a name. Null: names are left out, and only literal addresses are checked.</param>
internal sealed class HostChecker(EgressOptions egress, Func<string, CancellationToken, Task<IPAddress[]>>? lookUp)
{
    private const int Concurrency = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Checks the hosts of web services, each host once.</summary>
    public async Task<IReadOnlyDictionary<string, HostFinding>> CheckAsync(
        IEnumerable<Service> services, CancellationToken cancellationToken)
    {
        ConcurrentDictionary<string, HostFinding> findings = [];
        await Parallel.ForEachAsync(
            services.Select(service => service.Address?.IdnHost).OfType<string>().Distinct(),
            new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
            async (host, token) =>
            {
                if (await CheckAsync(host, token) is { } finding)
                {
                    findings[host] = finding;
                }
            });
        return findings;
    }

    private async Task<HostFinding?> CheckAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return Evaluate(host, [literal]);
        }

        if (lookUp is null)
        {
            return null;
        }

        try
        {
            return Evaluate(host, await lookUp(host, cancellationToken).WaitAsync(Patience, cancellationToken));
        }
        catch (Exception exception) when (exception is SocketException or TimeoutException or ArgumentException)
        {
            var reason = exception is SocketException ? exception.Message
                : exception is TimeoutException ? $"no answer within {Patience.TotalSeconds} s"
                : "it is not a valid name";
            return new HostFinding(host, [], $"The lookup of {host} failed on this machine: {reason}.");
        }
    }

    private HostFinding Evaluate(string host, IPAddress[] found)
    {
        var addresses = Array.ConvertAll(found, address => (address, Forbidden: egress.FindForbiddenRange(address)));
        var warning = addresses is [] ? $"{host} has no address."
            : Array.Find(addresses, address => address.Forbidden is not null) is (not null and var address, var range)
                ? $"Nothing is sent to {host} (Blocked): the address {address} is in {range}. " +
                    "To allow it, add its range to Egress:AllowedRanges."
            : null;
        return new HostFinding(host, addresses, warning);
    }
}
