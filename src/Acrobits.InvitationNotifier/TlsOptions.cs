namespace Acrobits.InvitationNotifier;

/// <summary>Options of the TLS connections to one web service. They apply to https URLs only.</summary>
/// <remarks>
/// The files are read when the configuration is validated, and again when they change. A changed file that cannot be used is
/// logged, and the last good one stays in use. A network does not inherit the options of the default endpoint.
/// </remarks>
public sealed class TlsOptions
{
    /// <summary>
    /// The certificate that identifies this server to the provider. If <see langword="null"/> (the default), none is sent.
    /// </summary>
    public ClientCertificateOptions? ClientCertificate { get; set; }

    /// <summary>
    /// The paths of certificate files (PEM with any number of certificates, or DER) with the authorities that may have issued
    /// the provider's certificate. Default: empty; the authorities that the machine trusts are used.
    /// </summary>
    /// <remarks>
    /// They replace the authorities of the machine, for this web service alone. To trust both, add the machine's bundle, for
    /// instance <c>/etc/ssl/certs/ca-certificates.crt</c>.
    /// </remarks>
    public IList<string> TrustedCertificates { get; set; } = [];
}
