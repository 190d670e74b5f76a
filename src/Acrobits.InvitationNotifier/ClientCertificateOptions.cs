namespace Acrobits.InvitationNotifier;

/// <summary>Options of a client certificate and its private key.</summary>
public sealed class ClientCertificateOptions
{
    /// <summary>
    /// The path of the certificate: a PEM file, with the intermediate certificates after it if there are any, or a PKCS #12 file
    /// (<c>.pfx</c> or <c>.p12</c>). A relative path starts at the working directory of the process.
    /// </summary>
    public string? Path { get; set; }

    /// <summary>
    /// The path of the private key of a PEM certificate. If <see langword="null"/> (the default), the file at
    /// <see cref="Path"/> holds the key too.
    /// </summary>
    public string? KeyPath { get; set; }

    /// <summary>
    /// The password of an encrypted PEM key or a PKCS #12 file. If <see langword="null"/> (the default), there is none. It is
    /// never logged.
    /// </summary>
    public string? Password { get; set; }
}
