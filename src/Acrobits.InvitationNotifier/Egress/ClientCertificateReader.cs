using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acrobits.InvitationNotifier.Text;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>Reads a client certificate and its private key, and says what is wrong with them.</summary>
internal static class ClientCertificateReader
{
    private const string PathKey = nameof(ClientCertificateOptions.Path);
    private const string KeyPathKey = nameof(ClientCertificateOptions.KeyPath);
    private const string PasswordKey = nameof(ClientCertificateOptions.Password);
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string AnyUsage = "2.5.29.37.0";
    private const int WrongPassword = unchecked((int)0x80070056); // ERROR_INVALID_PASSWORD

    /// <summary>Reads the certificate and the other certificates of its file. Null if problems were added.</summary>
    /// <param name="file">The file at <see cref="ClientCertificateOptions.Path"/>.</param>
    /// <param name="keyFile">The file at <see cref="ClientCertificateOptions.KeyPath"/>, if any.</param>
    /// <param name="password">The password, if any.</param>
    /// <param name="others">The other certificates.</param>
    /// <param name="problems">Receives the problems.</param>
    public static X509Certificate2? Read(
        TlsFile file, TlsFile? keyFile, string? password, out X509Certificate2Collection others, ProblemScope problems)
    {
        others = [];
        var certificate = file.IsPem
            ? ReadPem(file, keyFile, password, others, problems)
            : ReadPkcs12(file, keyFile, password, others, problems);
        return certificate is not null && IsUsable(certificate, problems.At(PathKey)) ? certificate : null;
    }

    private static X509Certificate2? ReadPem(
        TlsFile file, TlsFile? keyFile, string? password, X509Certificate2Collection all, ProblemScope problems)
    {
        try
        {
            all.ImportFromPem(file.Text);
        }
        catch (CryptographicException)
        {
            problems.Add(PathKey, "a certificate in the file is damaged. Write it again");
            return null;
        }

        var keyScope = problems.At(keyFile is null ? PathKey : KeyPathKey);
        if (all.Count == 0)
        {
            problems.Add(PathKey, "the file holds no certificate. Use a PEM file with a CERTIFICATE, or a PKCS #12 file");
            return null;
        }

        using var key = PrivateKeyReader.Read(keyFile ?? file, password, keyScope, problems.At(PasswordKey));
        if (key is null)
        {
            return null;
        }

        foreach (var certificate in all)
        {
            if (Combine(certificate, key) is { } found)
            {
                all.Remove(certificate);
                return found;
            }
        }

        keyScope.Add("the private key does not fit the certificate. Use the key that the certificate was requested with");
        return null;
    }

    private static X509Certificate2? Combine(X509Certificate2 certificate, AsymmetricAlgorithm key)
    {
        try
        {
            var found = key is RSA rsa ? certificate.CopyWithPrivateKey(rsa) : certificate.CopyWithPrivateKey((ECDsa)key);
            if (!OperatingSystem.IsWindows())
            {
                return found;
            }

            // TLS of Windows cannot use a key that exists in memory only.
            using (found)
            {
                return X509CertificateLoader.LoadPkcs12(found.Export(X509ContentType.Pkcs12), password: null);
            }
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException or InvalidOperationException)
        {
            // Another key, or another kind of key.
            return null;
        }
    }

    private static X509Certificate2? ReadPkcs12(
        TlsFile file, TlsFile? keyFile, string? password, X509Certificate2Collection all, ProblemScope problems)
    {
        if (file.ContentType != X509ContentType.Pkcs12)
        {
            problems.Add(PathKey, "the file is neither PEM nor PKCS #12. Convert it");
            return null;
        }

        if (keyFile is not null)
        {
            problems.Add(KeyPathKey, "is set, but a PKCS #12 file holds its own private key. Remove the key");
            return null;
        }

        try
        {
            all.AddRange(X509CertificateLoader.LoadPkcs12Collection(file.Content, password));
        }
        catch (CryptographicException exception) when (exception.HResult == WrongPassword)
        {
            problems.Add(PasswordKey, string.IsNullOrEmpty(password)
                ? "is missing, but the PKCS #12 file has one. Write the password of the file"
                : "is not the password of the PKCS #12 file. Correct it");
            return null;
        }
        catch (CryptographicException)
        {
            problems.Add(PathKey, "the PKCS #12 file is damaged or not supported. Write it again");
            return null;
        }

        if (all.FirstOrDefault(certificate => certificate.HasPrivateKey) is not { } found)
        {
            problems.Add(PathKey, "the PKCS #12 file holds no certificate with a private key. Export it with its key");
            return null;
        }

        all.Remove(found);
        return found;
    }

    // By the machine's clock, as the platform checks the certificates of providers.
    private static bool IsUsable(X509Certificate2 certificate, ProblemScope problems)
    {
        var problem = certificate switch
        {
            _ when certificate.NotAfter < DateTime.Now => $"the certificate expired at {certificate.NotAfter.ToUniversalTime():u}. Renew it",
            _ when certificate.NotBefore > DateTime.Now =>
                $"the certificate is not valid before {certificate.NotBefore.ToUniversalTime():u}. Use a valid one, and check the clock of this machine",
            _ when certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault() is { } usage
                && !usage.EnhancedKeyUsages.Cast<Oid>().Any(oid => oid.Value is ClientAuthentication or AnyUsage) =>
                "the certificate is not meant for clients: its extended key usage lacks client authentication. Use one that has it",
            _ => null,
        };
        if (problem is not null)
        {
            problems.Add(problem);
        }

        return problem is null;
    }
}
