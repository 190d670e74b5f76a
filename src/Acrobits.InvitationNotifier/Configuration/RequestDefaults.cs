namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>What all requests have in common, whatever their endpoint.</summary>
internal sealed record RequestDefaults(string UserAgent, bool ReuseConnections)
{
    public const string DefaultUserAgent = "Sync Server 1.1";

    public static RequestDefaults Documented { get; } = new(DefaultUserAgent, ReuseConnections: false);
}
