namespace Acrobits.InvitationNotifier.Endpoints;

/// <summary>The settings that the requests of all endpoints share.</summary>
internal sealed record RequestDefaults(string UserAgent, bool ReuseConnections)
{
    public static RequestDefaults Documented { get; } = new(InvitationNotifierOptions.DefaultUserAgent, ReuseConnections: false);
}
