using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acrobits.InvitationNotifier.Text;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>Reads the authorities that a network trusts.</summary>
internal static class TrustedCertificateReader
{
    /// <summary>Reads all certificates of the files, each once.</summary>
    public static X509Certificate2Collection Read(IReadOnlyList<TlsFile> files, ProblemScope problems)
    {
        var known = problems.Count;
        var all = new List<X509Certificate2>();
        for (var i = 0; i < files.Count; i++)
        {
            all.AddRange(Read(files[i], problems.At($"{i}")));
        }

        // A chain ends at a self-signed certificate, so intermediates alone would trust nobody.
        if (problems.Count == known && all.Count > 0 && !all.Exists(IsRoot))
        {
            problems.Add("none of the certificates is a root (self-signed), so no provider would be trusted. Add the root of the authority");
        }

        return [.. all.DistinctBy(certificate => certificate.GetCertHashString(HashAlgorithmName.SHA256))];
    }

    private static X509Certificate2Collection Read(TlsFile file, ProblemScope problems)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            if (file.IsPem)
            {
                certificates.ImportFromPem(file.Text);
            }
            else if (file.ContentType == X509ContentType.Cert)
            {
                certificates.Add(X509CertificateLoader.LoadCertificate(file.Content));
            }
        }
        catch (CryptographicException)
        {
            problems.Add("a certificate in the file is damaged. Write it again");
            return certificates;
        }

        if (certificates.Count == 0)
        {
            problems.Add("the file holds no certificate. Use a PEM file with a CERTIFICATE, or a single certificate in DER");
        }

        return certificates;
    }

    private static bool IsRoot(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
