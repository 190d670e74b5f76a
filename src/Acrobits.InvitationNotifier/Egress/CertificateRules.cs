using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>Validates certificates of providers with the platform, using only certificates that the provider sent.</summary>
/// <remarks>
/// Nothing is downloaded, because the provider chooses the addresses of issuers, revocation lists and OCSP responders in its
/// certificate. Intermediate certificates from a store of the user or the machine are not accepted, because another provider
/// may have caused their download. Each handshake uses its own copy of the policy.
/// </remarks>
internal sealed class CertificateRules
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    private readonly RemoteCertificateValidationCallback? _application;

    private CertificateRules(RemoteCertificateValidationCallback? application) => _application = application;

    /// <summary>Creates a policy with the system's trusted roots and without downloads.</summary>
    public static X509ChainPolicy CreatePolicy() => new()
    {
        DisableCertificateDownloads = true,
        RevocationMode = X509RevocationMode.NoCheck,
        ApplicationPolicy = { ServerAuthentication },
    };

    /// <summary>Adds the validation to TLS options. The application's own callback and policy stay in effect.</summary>
    public static void AddTo(SslClientAuthenticationOptions options)
    {
        options.CertificateChainPolicy ??= CreatePolicy();

        // Several handlers can share one options object.
        if (options.RemoteCertificateValidationCallback?.Target is not CertificateRules)
        {
            options.RemoteCertificateValidationCallback =
                new CertificateRules(options.RemoteCertificateValidationCallback).Validate;
        }
    }

    private bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        // Also for a wrong name, which the application's own callback may accept.
        var isIncomplete = !errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) && chain is not null && !IsComplete(chain);
        errors |= isIncomplete ? SslPolicyErrors.RemoteCertificateChainErrors : SslPolicyErrors.None;
        var isAccepted = _application?.Invoke(sender, certificate, chain, errors) ?? errors == SslPolicyErrors.None;
        return isAccepted ? isAccepted : throw CertificateProblem.Find(chain, errors, isIncomplete);
    }

    // Whether the provider sent a certificate with the name and key of each issuer below the root.
    private static bool IsComplete(X509Chain chain)
    {
        var elements = chain.ChainElements;
        for (var i = 1; i < elements.Count - 1; i++)
        {
            var issuer = elements[i].Certificate;
            if (Given(chain.ChainPolicy).FirstOrDefault(given => IsSame(given, issuer)) is not { } sent)
            {
                return false;
            }

            // The platform can prefer another certificate of the same issuer. The one that was sent must lead to a root too.
            if (!sent.RawDataMemory.Span.SequenceEqual(issuer.RawDataMemory.Span))
            {
                return IsTrusted(sent, chain.ChainPolicy);
            }
        }

        return true;
    }

    private static bool IsTrusted(X509Certificate2 issuer, X509ChainPolicy policy)
    {
        using var chain = new X509Chain { ChainPolicy = policy.Clone() };
        return chain.Build(issuer) && IsComplete(chain);
    }

    private static IEnumerable<X509Certificate2> Given(X509ChainPolicy policy) => policy.ExtraStore.Concat(policy.CustomTrustStore);

    private static bool IsSame(X509Certificate2 one, X509Certificate2 other) =>
        one.SubjectName.RawData.AsSpan().SequenceEqual(other.SubjectName.RawData)
        && one.GetPublicKey().AsSpan().SequenceEqual(other.GetPublicKey());
}
