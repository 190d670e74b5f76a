using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>How certificates of providers are judged: by the platform, with what the provider itself has sent.</summary>
/// <remarks>
/// Nothing is downloaded: the addresses of issuers, revocation lists and OCSP responders stand in the certificate, so the
/// provider chooses them. Intermediates that the platform took from a store of the user or the machine do not count, because
/// another provider may have led to them. Each handshake works on its own copy of the policy.
/// </remarks>
internal sealed class CertificateRules
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    private readonly RemoteCertificateValidationCallback? _application;

    private CertificateRules(RemoteCertificateValidationCallback? application) => _application = application;

    /// <summary>The system's trust, without anything that would be fetched.</summary>
    public static X509ChainPolicy CreatePolicy() => new()
    {
        DisableCertificateDownloads = true,
        RevocationMode = X509RevocationMode.NoCheck,
        ApplicationPolicy = { ServerAuthentication },
    };

    /// <summary>Adds the rules to options that the application may have configured; its own callback and policy stay.</summary>
    public static void AddTo(SslClientAuthenticationOptions options)
    {
        options.CertificateChainPolicy ??= CreatePolicy();

        // One object may serve several handlers.
        if (options.RemoteCertificateValidationCallback?.Target is not CertificateRules)
        {
            options.RemoteCertificateValidationCallback =
                new CertificateRules(options.RemoteCertificateValidationCallback).Validate;
        }
    }

    private bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var isIncomplete = errors == SslPolicyErrors.None && chain is not null && !IsComplete(chain);
        errors |= isIncomplete ? SslPolicyErrors.RemoteCertificateChainErrors : SslPolicyErrors.None;
        var isAccepted = _application?.Invoke(sender, certificate, chain, errors) ?? errors == SslPolicyErrors.None;
        return isAccepted ? isAccepted : throw CertificateProblem.Find(chain, errors, isIncomplete);
    }

    // Whether each issuer below the root has the name and key of a certificate that the provider sent.
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

            // The platform may have preferred another certificate of the same issuer; the one sent has to lead to a root, too.
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
