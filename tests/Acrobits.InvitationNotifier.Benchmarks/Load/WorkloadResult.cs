namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>What all clients cost under one workload.</summary>
internal sealed record WorkloadResult(
    bool IsPost, bool ReusesConnections, int Concurrency, int Notifications, IReadOnlyList<ClientResult> Clients)
{
    public ClientResult this[LoadContender contender] => Clients.Single(result => result.Client == contender.Name);

    public void Print() => Report.Table(
        ["client", "allocated, B", "to bare", "processor, us", "to bare", "a second", "to bare"],
        Clients.Select(result => (string[])
        [
            result.Client,
            Report.Number(result.AllocatedBytes.Median),
            Report.Number(result.AllocatedToBare.Median, 2),
            result.ProcessorMicroseconds.Text(1),
            result.ProcessorToBare.Text(2),
            result.Rate.Text(0),
            result.RateToBare.Text(2),
        ]));
}
