namespace Acrobits.InvitationNotifier.Endpoints;

/// <summary>What all requests have in common, whatever their endpoint.</summary>
internal sealed record RequestDefaults(string UserAgent, bool ReuseConnections)
{
    public static RequestDefaults Documented { get; } = new(InvitationNotifierOptions.DefaultUserAgent, ReuseConnections: false);
}
