namespace Acrobits.InvitationNotifier.Rebus.Wiring;

/// <summary>What is added to each deferral for the transport.</summary>
internal sealed record DeferralRounding(TimeSpan Added)
{
    /// <summary>Nothing: the transport defers exactly.</summary>
    public static DeferralRounding None { get; } = new(TimeSpan.Zero);

    /// <summary>
    /// For a transport of the application. Rebus.PostgreSql truncates deferrals to whole seconds, which would make each one too
    /// short.
    /// </summary>
    public static DeferralRounding Second { get; } = new(TimeSpan.FromSeconds(1));
}
