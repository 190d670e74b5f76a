using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Acrobits.InvitationNotifier.Tests.Support;

/// <summary>A directory with certificate files of a test. Only the owner can read them, unless a test says otherwise.</summary>
internal sealed class CertificateFiles : IDisposable
{
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";
    private static readonly PbeParameters Encryption = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("invitation-notifier-tls-");

    /// <summary>A client certificate, as an authority issues it.</summary>
    public static X509Certificate2 Issue(
        TestAuthority authority, DateTimeOffset? from = null, DateTimeOffset? until = null, string usage = ClientUsage) =>
        authority.Issue(from: from, until: until ?? TestAuthority.Now.AddDays(90), usage: usage);

    public static string CertificatePem(params X509Certificate2[] certificates) =>
        string.Join('\n', certificates.Select(certificate => certificate.ExportCertificatePem())) + "\n";

    public static string KeyPem(X509Certificate2 certificate) => certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();

    public static string EncryptedKeyPem(X509Certificate2 certificate, string password)
    {
        // The key of a loaded PKCS #12 file can be exported only in encrypted form on some platforms.
        using var key = ECDsa.Create(certificate.GetECDsaPrivateKey()!.ExportParameters(includePrivateParameters: true));
        return key.ExportEncryptedPkcs8PrivateKeyPem(password, Encryption);
    }

    public string PathOf(string name) => Path.Combine(_directory.FullName, name);

    public string Write(string name, string text) => Write(name, System.Text.Encoding.ASCII.GetBytes(text));

    public string Write(string name, byte[] content)
    {
        // A new file that takes the place of the old one at once.
        var path = PathOf(name);
        var next = path + ".new";
        File.WriteAllBytes(next, content);
        Restrict(next, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Move(next, path, overwrite: true);
        return path;
    }

    public static void Restrict(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    /// <summary>Options of a certificate and its key in two files.</summary>
    public TlsOptions Client(X509Certificate2 certificate, string name = "client") => new()
    {
        ClientCertificate = new()
        {
            Path = Write($"{name}.pem", CertificatePem(certificate)),
            KeyPath = Write($"{name}.key", KeyPem(certificate)),
        },
    };

    /// <summary>Adds an authority to the trusted ones.</summary>
    public TlsOptions Trust(TestAuthority authority, TlsOptions? options = null, string name = "ca")
    {
        options ??= new TlsOptions();
        options.TrustedCertificates.Add(Write($"{name}.pem", CertificatePem(authority.Certificate)));
        return options;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
