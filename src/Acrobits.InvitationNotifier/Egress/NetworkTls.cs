using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>Combines the application's TLS options with the certificates of one network.</summary>
internal static class NetworkTls
{
    /// <summary>Returns new options, because the application can share one object between the handlers of all networks.</summary>
    public static SslClientAuthenticationOptions Combine(SslClientAuthenticationOptions application, TlsMaterial tls)
    {
        var options = Copy(application);

        // A session that was opened with these certificates must not be resumed by another network.
        options.AllowTlsResume = false;
        if (tls.ClientContext is { } context)
        {
            options.ClientCertificateContext = context;
            options.ClientCertificates = null;
            options.LocalCertificateSelectionCallback = null;
        }

        if (tls.Trusted.Count > 0)
        {
            var policy = application.CertificateChainPolicy?.Clone() ?? CertificateRules.CreatePolicy();
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.Clear();
            policy.CustomTrustStore.AddRange(tls.Trusted);
            options.CertificateChainPolicy = policy;
        }

        return options;
    }

    /// <summary>Copies all options.</summary>
    internal static SslClientAuthenticationOptions Copy(SslClientAuthenticationOptions options)
    {
        var copy = new SslClientAuthenticationOptions
        {
            AllowRenegotiation = options.AllowRenegotiation,
            AllowTlsResume = options.AllowTlsResume,
            ApplicationProtocols = options.ApplicationProtocols,
            CertificateChainPolicy = options.CertificateChainPolicy,
            CertificateRevocationCheckMode = options.CertificateRevocationCheckMode,
            CipherSuitesPolicy = options.CipherSuitesPolicy,
            ClientCertificateContext = options.ClientCertificateContext,
            ClientCertificates = options.ClientCertificates,
            EnabledSslProtocols = options.EnabledSslProtocols,
            EncryptionPolicy = options.EncryptionPolicy,
            LocalCertificateSelectionCallback = options.LocalCertificateSelectionCallback,
            RemoteCertificateValidationCallback = options.RemoteCertificateValidationCallback,
            TargetHost = options.TargetHost,
        };
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
        {
            copy.AllowRsaPkcs1Padding = options.AllowRsaPkcs1Padding;
            copy.AllowRsaPssPadding = options.AllowRsaPssPadding;
        }

        return copy;
    }
}
