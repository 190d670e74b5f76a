using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>The certificates of TLS connections, loaded from files. Immutable.</summary>
/// <remarks>Equal if the certificates are, so that networks and reloads with the same files share connections.</remarks>
internal sealed class TlsMaterial : IEquatable<TlsMaterial>
{
    private readonly string _identity;

    public TlsMaterial(X509Certificate2? clientCertificate, X509Certificate2Collection intermediates, X509Certificate2Collection trusted)
    {
        ClientCertificate = clientCertificate;
        Trusted = trusted;

        // Offline: nothing is downloaded to complete the chain.
        ClientContext = clientCertificate is null
            ? null
            : SslStreamCertificateContext.Create(clientCertificate, intermediates, offline: true);
        _identity = $"{Hash(clientCertificate)}|{Hashes(intermediates)}|{Hashes(trusted)}";
    }

    /// <summary>The client certificate with its private key; null if there is none.</summary>
    public X509Certificate2? ClientCertificate { get; }

    /// <summary>The client certificate with its chain, as a handshake needs it; null if there is none.</summary>
    public SslStreamCertificateContext? ClientContext { get; }

    /// <summary>The only authorities that are trusted. If empty, those of the machine are.</summary>
    public X509Certificate2Collection Trusted { get; }

    public bool Equals(TlsMaterial? other) => other is not null && _identity == other._identity;

    public override bool Equals(object? obj) => Equals(obj as TlsMaterial);

    public override int GetHashCode() => _identity.GetHashCode(StringComparison.Ordinal);

    private static string Hash(X509Certificate2? certificate) => certificate?.GetCertHashString(HashAlgorithmName.SHA256) ?? "";

    private static string Hashes(X509Certificate2Collection certificates) => string.Join(',', certificates.Select(Hash));
}
