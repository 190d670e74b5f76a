using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>Explains why a provider's certificate was rejected.</summary>
internal static class CertificateProblem
{
    /// <param name="chain">The chain that the platform built.</param>
    /// <param name="errors">The policy errors.</param>
    /// <param name="isIncomplete">Whether the chain needs certificates that the provider did not send.</param>
    public static CertificateException Find(X509Chain? chain, SslPolicyErrors errors, bool isIncomplete)
    {
        if (isIncomplete)
        {
            return Untrusted("an intermediate certificate is missing. The provider must send its full chain");
        }

        var flags = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status)
            ?? X509ChainStatusFlags.NoError;
        if (flags.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            return Untimely(chain!);
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            var us = chain?.ChainPolicy.TrustMode == X509ChainTrustMode.CustomRootTrust ? "the configuration" : "this machine";
            return Untrusted(flags switch
            {
                _ when flags.HasFlag(X509ChainStatusFlags.PartialChain) =>
                    $"no chain leads from it to an authority that {us} trusts. The provider must send its full chain, "
                    + "with all intermediate certificates",
                _ when flags.HasFlag(X509ChainStatusFlags.UntrustedRoot) && chain!.ChainElements.Count == 1 =>
                    $"it is self-signed. The provider needs a certificate from an authority that {us} trusts",
                _ when flags.HasFlag(X509ChainStatusFlags.UntrustedRoot) =>
                    $"{us} does not trust the authority that issued it",
                _ when flags.HasFlag(X509ChainStatusFlags.NotValidForUsage) => "it is not meant for servers",
                _ => $"its chain is not valid ({flags})",
            });
        }

        return errors switch
        {
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) => new CertificateException(
                "certificate_name_mismatch",
                "The provider's certificate was not issued for the host of the URL. Correct the URL, or ask the provider for a certificate that includes this host."),
            SslPolicyErrors.None => Untrusted("the application's own validation rejected it"),
            _ => new CertificateException("tls_protocol_error", "The provider sent no certificate."),
        };
    }

    private static CertificateException Untimely(X509Chain chain)
    {
        var element = chain.ChainElements.First(
            element => element.ChainElementStatus.Any(status => status.Status == X509ChainStatusFlags.NotTimeValid));
        var what = element == chain.ChainElements[0] ? "The provider's certificate" : "A certificate in the provider's chain";
        var certificate = element.Certificate;
        return certificate.NotBefore > DateTime.Now
            ? new CertificateException(
                "certificate_not_yet_valid",
                $"{what} is not valid before {certificate.NotBefore.ToUniversalTime():u}. Check the clock of this machine.")
            : new CertificateException(
                "certificate_expired",
                $"{what} expired at {certificate.NotAfter.ToUniversalTime():u}. The provider must renew it.");
    }

    private static CertificateException Untrusted(string why) =>
        new("certificate_untrusted", $"The provider's certificate is not trusted: {why}.");
}
