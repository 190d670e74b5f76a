using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Acrobits.InvitationNotifier.Sample.Check;

/// <summary>Looks hosts up and judges their addresses, as the notifier does whenever it connects.</summary>
internal sealed class HostJudge(EgressOptions egress, Func<string, CancellationToken, Task<IPAddress[]>> lookUp)
{
    private const int Concurrency = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Judges each host once, however many services it has.</summary>
    public async Task<IReadOnlyDictionary<string, HostVerdict>> JudgeAsync(
        IEnumerable<string> hosts, CancellationToken cancellationToken)
    {
        ConcurrentDictionary<string, HostVerdict> verdicts = [];
        await Parallel.ForEachAsync(
            hosts.Distinct(),
            new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
            async (host, token) => verdicts[host] = await JudgeAsync(host, token));
        return verdicts;
    }

    private async Task<HostVerdict> JudgeAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            var found = await lookUp(host, cancellationToken).WaitAsync(Patience, cancellationToken);
            var addresses = Array.ConvertAll(found, address => (address, egress.FindForbiddenRange(address)));
            var warning = addresses is [] ? $"{host} has no address."
                : Array.Exists(addresses, judged => judged.Item2 is not null)
                    ? $"{host} leads to a forbidden address, and one is enough: nothing will be sent (Blocked). " +
                        "If it is meant to be reached, add its range to Egress:AllowedRanges."
                : null;
            return new HostVerdict(host, addresses, warning);
        }
        catch (Exception exception) when (exception is SocketException or TimeoutException or ArgumentException)
        {
            var reason = exception is SocketException ? exception.Message
                : exception is TimeoutException ? $"no answer within {Patience.TotalSeconds} s"
                : "not a name that can be looked up";
            return new HostVerdict(host, [], $"{host} cannot be looked up from here: {reason}.");
        }
    }
}
