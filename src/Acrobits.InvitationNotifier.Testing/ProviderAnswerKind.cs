namespace Acrobits.InvitationNotifier.Testing;

/// <summary>Specifies what a provider does with a connection.</summary>
internal enum ProviderAnswerKind
{
    /// <summary>Sends a response.</summary>
    Response,

    /// <summary>Sends nothing and keeps the connection.</summary>
    Hang,

    /// <summary>Sends nothing and resets the connection.</summary>
    ConnectionReset,
}
