using System.Security.Cryptography.X509Certificates;
using Acrobits.InvitationNotifier.Tests.Configuration;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Tests.Egress;

/// <summary>What is said about TLS files that cannot be used, or should not be used as they are.</summary>
public sealed class TlsFilesTests : IDisposable
{
    private const string Secret = "s3cr3t-4711";
    private const string Path = "Tls:ClientCertificate:Path";
    private const string KeyPath = "Tls:ClientCertificate:KeyPath";
    private const string Password = "Tls:ClientCertificate:Password";
    private const string Trusted = "Tls:TrustedCertificates";

    private readonly CertificateFiles _files = new();
    private readonly TestAuthority _root = TestAuthority.CreateRoot();
    private readonly X509Certificate2 _client;

    public TlsFilesTests() => _client = CertificateFiles.Issue(_root);

    [Fact]
    public void Create_ValidFiles_HasNoWarnings() => Assert.Empty(Create(_files.Trust(_root, _files.Client(_client))).Warnings);

    [Fact]
    public void Create_EmptyOptions_IsAsWithoutThem()
    {
        Assert.Empty(Create(new TlsOptions { ClientCertificate = new(), TrustedCertificates = [] }).Warnings);
        Assert.Empty(Create(new TlsOptions { ClientCertificate = new() { Path = " ", KeyPath = "", Password = "" }, TrustedCertificates = null! }).Warnings);
        Assert.Empty(Create(null!).Warnings);
    }

    [Fact]
    public void Create_FileIsMissing_SaysSo() => AssertProblem(
        Options(_files.PathOf("none.pem"), KeyPem()), Path, "the file does not exist");

    [Fact]
    public void Create_KeyFileIsMissing_SaysSo() => AssertProblem(
        Options(CertificatePem(), _files.PathOf("none.key")), KeyPath, "the file does not exist");

    [Fact]
    public void Create_DirectoryInsteadOfAFile_SaysSo() => AssertProblem(
        Options(_files.PathOf(""), KeyPem()), Path, "it is a directory, or the process has no permission");

    [Fact]
    public void Create_EmptyFile_SaysSo() => AssertProblem(
        Options(_files.Write("c.pem", ""), KeyPem()), Path, "the file is empty");

    [Fact]
    public void Create_HugeFile_SaysSo() => AssertProblem(
        Options(_files.Write("c.pem", new byte[2 * 1024 * 1024]), KeyPem()), Path, "larger than 1 MiB");

    [Fact]
    public void Create_ContentInsteadOfAPath_SaysSoWithoutQuotingIt()
    {
        AssertProblem(Options(CertificateFiles.CertificatePem(_client), KeyPem()), Path, "is the content of a file, not its path");
        AssertProblem(Options(CertificatePem(), CertificateFiles.KeyPem(_client)), KeyPath, "is the content of a file, not its path");
    }

    [Theory]
    [InlineData("\0")]
    [InlineData("a\0b")]
    public void Create_NotAPath_SaysSo(string path) => AssertProblem(Options(path, KeyPem()), Path, "is not a path");

    [Fact]
    public void Create_OtherContent_SaysWhatIsNeeded() => AssertProblem(
        Options(_files.Write("c.txt", Secret), KeyPem()), Path, "neither PEM nor PKCS #12");

    [Fact]
    public void Create_CertificateInDer_SaysWhatIsNeeded() => AssertProblem(
        Options(_files.Write("c.der", _client.RawData), KeyPem()), Path, "neither PEM nor PKCS #12");

    [Fact]
    public void Create_PemWithoutACertificate_SaysSo() => AssertProblem(
        Options(_files.Write("c.pem", CertificateFiles.KeyPem(_client)), KeyPem()), Path, "holds no certificate");

    [Fact]
    public void Create_DamagedCertificate_SaysSo() => AssertProblem(
        Options(_files.Write("c.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), KeyPem()), Path, "is damaged");

    [Fact]
    public void Create_CutOffCertificate_SaysSo() => AssertProblem(
        Options(_files.Write("c.pem", CertificateFiles.CertificatePem(_client)[..200]), KeyPem()), Path, "holds no certificate");

    [Fact]
    public void Create_NoPrivateKey_SaysSo() => AssertProblem(Options(CertificatePem(), null), Path, "holds no private key");

    [Fact]
    public void Create_KeyFileWithoutAKey_SaysSo() => AssertProblem(
        Options(CertificatePem(), CertificatePem()), KeyPath, "holds no private key");

    [Fact]
    public void Create_KeyInAnOldFormat_SaysHowToConvertIt() => AssertProblem(
        Options(CertificatePem(), _files.Write("c.key", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n")),
        KeyPath,
        "openssl pkcs8 -topk8");

    [Fact]
    public void Create_DamagedKey_SaysSo() => AssertProblem(
        Options(CertificatePem(), _files.Write("c.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")), KeyPath, "is damaged");

    [Fact]
    public void Create_KeyOfAnotherCertificate_SaysThatItDoesNotFit()
    {
        using var other = CertificateFiles.Issue(_root);

        AssertProblem(Options(CertificatePem(), _files.Write("other.key", CertificateFiles.KeyPem(other))), KeyPath, "does not fit");
    }

    [Theory]
    [InlineData(null, "is missing")]
    [InlineData("", "is missing")]
    [InlineData(Secret + "x", "is not the password")]
    public void Create_WrongPasswordOfAKey_SaysSo(string? password, string problem) => AssertProblem(
        Options(CertificatePem(), _files.Write("c.key", CertificateFiles.EncryptedKeyPem(_client, Secret)), password), Password, problem);

    [Theory]
    [InlineData(null, "is missing")]
    [InlineData("", "is missing")]
    [InlineData(Secret + "x", "is not the password")]
    public void Create_WrongPasswordOfAPkcs12File_SaysSo(string? password, string problem) => AssertProblem(
        Options(_files.Write("c.pfx", _client.Export(X509ContentType.Pkcs12, Secret)), null, password), Password, problem);

    [Fact]
    public void Create_KeyBesideAPkcs12File_SaysToRemoveIt() => AssertProblem(
        Options(_files.Write("c.pfx", _client.Export(X509ContentType.Pkcs12, Secret)), KeyPem(), Secret), KeyPath, "Remove the key");

    [Fact]
    public void Create_Pkcs12FileWithoutAKey_SaysSo()
    {
        using var publicPart = X509CertificateLoader.LoadCertificate(_client.RawData);

        AssertProblem(Options(_files.Write("c.pfx", publicPart.Export(X509ContentType.Pkcs12, Secret)), null, Secret), Path, "with a private key");
    }

    [Fact]
    public void Create_DamagedPkcs12File_SaysSo()
    {
        var content = _client.Export(X509ContentType.Pkcs12, Secret);
        content.AsSpan(content.Length / 2, 40).Clear();

        var problem = Assert.Single(Problems(Options(_files.Write("c.pfx", content), null, Secret)));
        Assert.StartsWith("Tls:ClientCertificate:", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, KeyPath, "KeyPath is set")]
    [InlineData(" ", KeyPath, "KeyPath is set")]
    [InlineData(null, Password, "Password is set")]
    public void Create_NoPath_SaysThatItIsMissing(string? path, string other, string problem) => AssertProblem(
        Options(path, other == KeyPath ? KeyPem() : null, other == Password ? Secret : null), Path, problem);

    [Fact]
    public void Create_Expired_SaysWhen()
    {
        using var expired = CertificateFiles.Issue(_root, until: TestAuthority.Now.AddHours(-3));

        AssertProblem(_files.Client(expired), Path, $"expired at {TestAuthority.Now.AddHours(-3).UtcDateTime:u}");
    }

    [Fact]
    public void Create_NotYetValid_SaysWhen()
    {
        using var early = CertificateFiles.Issue(_root, from: TestAuthority.Now.AddHours(3));

        AssertProblem(_files.Client(early), Path, $"not valid before {TestAuthority.Now.AddHours(3).UtcDateTime:u}");
    }

    [Fact]
    public void Create_CertificateOfAServer_SaysThatItIsNotForClients()
    {
        using var server = CertificateFiles.Issue(_root, usage: "1.3.6.1.5.5.7.3.1");

        AssertProblem(_files.Client(server), Path, "lacks client authentication");
    }

    [Fact]
    public void Create_TrustedFiles_EachProblemHasItsIndex()
    {
        var options = new TlsOptions
        {
            TrustedCertificates =
            {
                _files.PathOf("none.pem"), _files.Write("empty.pem", ""), " ", _files.PathOf(""),
            },
        };
        Assert.Equal([$"{Trusted}:2"], Problems(options).Select(problem => problem.Split(": ")[0]));

        options.TrustedCertificates.RemoveAt(2);
        Assert.Equal([$"{Trusted}:0", $"{Trusted}:1", $"{Trusted}:2"], Problems(options).Select(problem => problem.Split(": ")[0]));
    }

    [Fact]
    public void Create_TrustedFileWithoutACertificate_SaysSo()
    {
        AssertProblem(Trust(_files.Write("ca.pem", Secret)), $"{Trusted}:0", "holds no certificate");
        AssertProblem(Trust(_files.Write("ca.pem", CertificateFiles.KeyPem(_client))), $"{Trusted}:0", "holds no certificate");
        AssertProblem(Trust(_files.Write("ca.pfx", _client.Export(X509ContentType.Pkcs12))), $"{Trusted}:0", "holds no certificate");
        AssertProblem(Trust(_files.Write("ca.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")), $"{Trusted}:0", "is damaged");
    }

    [Fact]
    public void Create_TrustedIntermediateAlone_SaysThatARootIsNeeded()
    {
        using var intermediate = _root.CreateIntermediate();
        var options = Trust(_files.Write("ca.pem", CertificateFiles.CertificatePem(intermediate.Certificate)));

        AssertProblem(options, Trusted, "none of the certificates is a root");

        Assert.Empty(Create(_files.Trust(_root, options, "root")).Warnings);
    }

    [Fact]
    public void Create_PlainHttp_SaysThatTlsHasNoEffect()
    {
        var exception = Assert.Throws<OptionsValidationException>(() => InvitationEndpoint.Create(new()
        {
            InvitationCreatedUrl = "http://example.com/",
            Tls = _files.Client(_client),
        }));

        Assert.StartsWith("Tls: has no effect, because the URL is not https", Assert.Single(exception.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_SeveralProblems_ListsAll()
    {
        var exception = Assert.Throws<OptionsValidationException>(() => InvitationEndpoint.Create(new()
        {
            InvitationCreatedUrl = "https://%invitee%/",
            Tls = new() { ClientCertificate = new() { Path = _files.PathOf("a"), KeyPath = _files.PathOf("b") }, TrustedCertificates = { _files.PathOf("c") } },
        }));

        Assert.Equal(
            ["InvitationCreatedUrl", Path, KeyPath, $"{Trusted}:0"], exception.Failures.Select(problem => problem.Split(": ")[0].Split(',')[0]));
    }

    [Fact]
    public void Validate_NetworkAndDefaultEndpoint_ProblemsHaveTheFullKey() => Assert.Equal(
        [$"{Trusted}:0", $"Networks:mynetwork:{Path}"],
        Settings.Problems(options =>
        {
            options.InvitationCreatedUrl = "https://example.com/";
            options.Tls.TrustedCertificates.Add(_files.PathOf("none"));
            options.Networks["mynetwork"] = new() { InvitationCreatedUrl = "https://example.com/", Tls = Options(_files.PathOf("none"), KeyPem()) };
        }).Select(problem => problem.Split(": ")[0]));

    [Fact]
    public async Task Validate_NetworkWithoutUrl_DoesNotNeedItsFiles()
    {
        using var notifier = new MockedNotifier(options => options.Networks["mynetwork"] = new() { Tls = Options(_files.PathOf("none"), null) });

        Assert.Equal(NotificationOutcome.NotConfigured, (await notifier.NotifyAsync()).Outcome);
    }

    [Fact]
    public void Warnings_KeyThatEveryoneCanRead_NameItsKey()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other permissions.");
        const UnixFileMode Everyone = UnixFileMode.UserRead | UnixFileMode.OtherRead;
        var options = _files.Client(_client);
        CertificateFiles.Restrict(options.ClientCertificate!.Path!, Everyone);
        Assert.Empty(Create(options).Warnings);

        CertificateFiles.Restrict(options.ClientCertificate.KeyPath!, Everyone);
        Assert.StartsWith($"{KeyPath}: every user of this machine can read the private key", Assert.Single(Create(options).Warnings), StringComparison.Ordinal);

        // The permissions of the file count, not those of a link to it.
        CertificateFiles.Restrict(options.ClientCertificate.KeyPath!, UnixFileMode.UserRead);
        options.ClientCertificate.KeyPath = File.CreateSymbolicLink(_files.PathOf("link.key"), options.ClientCertificate.KeyPath!).FullName;
        Assert.Empty(Create(options).Warnings);

        var pkcs12 = _files.Write("c.pfx", _client.Export(X509ContentType.Pkcs12, Secret));
        CertificateFiles.Restrict(pkcs12, Everyone);
        Assert.StartsWith($"{Path}: every user", Assert.Single(Create(Options(pkcs12, null, Secret)).Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Warnings_ExpiresSoon_SayWhen()
    {
        using var soon = CertificateFiles.Issue(_root, until: TestAuthority.Now.AddDays(29));

        var warning = Assert.Single(Create(_files.Client(soon)).Warnings);

        Assert.StartsWith($"{Path}: the certificate expires at {TestAuthority.Now.AddDays(29).UtcDateTime:u}", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_Warnings_AreLoggedOnceWithTheirNetwork()
    {
        using var soon = CertificateFiles.Issue(_root, until: TestAuthority.Now.AddDays(2));
        using var notifier = new MockedNotifier(options => options.Networks["mynetwork"] = new()
        {
            InvitationCreatedUrl = "https://example.com/?%invitee%%invitor%%network_id%",
            Tls = _files.Client(soon),
        });
        await notifier.NotifyAsync();
        await notifier.NotifyAsync();

        Assert.StartsWith(
            $"Network mynetwork: {Path}: the certificate expires at ", Assert.Single(notifier.Logged(22)).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _client.Dispose();
        _root.Dispose();
        _files.Dispose();
    }

    private static TlsOptions Options(string? path, string? keyPath, string? password = null) =>
        new() { ClientCertificate = new() { Path = path, KeyPath = keyPath, Password = password } };

    private static TlsOptions Trust(string path) => new() { TrustedCertificates = { path } };

    private static InvitationEndpoint Create(TlsOptions options) =>
        InvitationEndpoint.Create(new() { InvitationCreatedUrl = "https://example.com/?%invitee%%invitor%%network_id%", Tls = options });

    private static IReadOnlyList<string> Problems(TlsOptions options)
    {
        var exception = Assert.Throws<OptionsValidationException>(() => Create(options));
        Assert.DoesNotContain(Secret, exception.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("BEGIN", exception.ToString(), StringComparison.Ordinal);
        return [.. exception.Failures];
    }

    private static void AssertProblem(TlsOptions options, string key, string problem)
    {
        var found = Assert.Single(Problems(options));
        Assert.StartsWith(key + ": ", found, StringComparison.Ordinal);
        Assert.Contains(problem, found, StringComparison.Ordinal);
    }

    private string CertificatePem() => _files.Write("client.pem", CertificateFiles.CertificatePem(_client));

    private string KeyPem() => _files.Write("client.key", CertificateFiles.KeyPem(_client));
}
