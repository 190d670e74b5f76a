using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Acrobits.InvitationNotifier.Tool.Check;

/// <summary>Decides whether the notifier would connect to a host.</summary>
/// <param name="egress">The egress settings of the configuration.</param>
/// <param name="lookUp">Finds the addresses of a name. Null: names are left out, and only literal addresses are judged.</param>
internal sealed class HostJudge(EgressOptions egress, Func<string, CancellationToken, Task<IPAddress[]>>? lookUp)
{
    private const int Concurrency = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Judges the hosts of web services, each host once.</summary>
    public async Task<IReadOnlyDictionary<string, HostVerdict>> JudgeAsync(
        IEnumerable<Service> services, CancellationToken cancellationToken)
    {
        ConcurrentDictionary<string, HostVerdict> verdicts = [];
        await Parallel.ForEachAsync(
            services.Select(service => service.Address?.IdnHost).OfType<string>().Distinct(),
            new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
            async (host, token) =>
            {
                if (await JudgeAsync(host, token) is { } verdict)
                {
                    verdicts[host] = verdict;
                }
            });
        return verdicts;
    }

    private async Task<HostVerdict?> JudgeAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return Judge(host, [literal]);
        }

        if (lookUp is null)
        {
            return null;
        }

        try
        {
            return Judge(host, await lookUp(host, cancellationToken).WaitAsync(Patience, cancellationToken));
        }
        catch (Exception exception) when (exception is SocketException or TimeoutException or ArgumentException)
        {
            var reason = exception is SocketException ? exception.Message
                : exception is TimeoutException ? $"no answer within {Patience.TotalSeconds} s"
                : "it is not a valid name";
            return new HostVerdict(host, [], $"The lookup of {host} failed on this machine: {reason}.");
        }
    }

    private HostVerdict Judge(string host, IPAddress[] found)
    {
        var addresses = Array.ConvertAll(found, address => (address, Forbidden: egress.FindForbiddenRange(address)));
        var warning = addresses is [] ? $"{host} has no address."
            : Array.Find(addresses, address => address.Forbidden is not null) is (not null and var address, var range)
                ? $"Nothing is sent to {host} (Blocked): the address {address} is in {range}. " +
                    "To allow it, add its range to Egress:AllowedRanges."
            : null;
        return new HostVerdict(host, addresses, warning);
    }
}
