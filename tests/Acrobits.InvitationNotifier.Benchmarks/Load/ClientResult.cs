namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>What one client cost under one workload, and in relation to the bare handler.</summary>
internal sealed record ClientResult(
    string Client,
    Spread AllocatedBytes,
    Spread AllocatedToBare,
    Spread ProcessorMicroseconds,
    Spread ProcessorToBare,
    Spread Rate,
    Spread RateToBare,
    IReadOnlyList<Measurement> Rounds)
{
    public static ClientResult Of(string client, IReadOnlyList<Measurement> rounds, IReadOnlyList<Measurement> bare) => new(
        client,
        Spread.Of(rounds.Select(round => round.AllocatedBytes)),
        Ratio(rounds, bare, round => round.AllocatedBytes),
        Spread.Of(rounds.Select(round => round.ProcessorMicroseconds)),
        Ratio(rounds, bare, round => round.ProcessorMicroseconds),
        Spread.Of(rounds.Select(round => round.Rate)),
        Ratio(rounds, bare, round => round.Rate),
        rounds);

    /// <summary>The processor time in relation to that of another client.</summary>
    public Spread ProcessorTo(ClientResult other) => Ratio(Rounds, other.Rounds, round => round.ProcessorMicroseconds);

    // Round by round: what slows a whole round down is no difference between the clients.
    private static Spread Ratio(IEnumerable<Measurement> rounds, IEnumerable<Measurement> others, Func<Measurement, double> value) =>
        Spread.Of(rounds.Zip(others, (one, other) => value(one) / value(other)));
}
