using System.Security.Cryptography.X509Certificates;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>Certificates whose files change while the application runs.</summary>
public sealed class TlsRenewalTests : IDisposable
{
    private const int Renewed = 26;
    private const int Invalid = 27;
    private const int Warning = 22;

    private readonly CertificateFiles _files = new();
    private readonly TestAuthority _root = TestAuthority.CreateRoot();
    private readonly FakeTimeProvider _time = new();
    private readonly X509Certificate2 _first;
    private readonly X509Certificate2 _second;

    public TlsRenewalTests() => (_first, _second) = (CertificateFiles.Issue(_root), CertificateFiles.Issue(_root));

    public static TheoryData<bool> Reuse => new(false, true);

    [Theory, MemberData(nameof(Reuse))]
    public async Task NotifyAsync_FilesAreReplaced_ShowsTheNewCertificate(bool reuseConnections)
    {
        await using var provider = TlsProvider.AskingForClients(_root.Issue());
        using var application = Create(provider.Url, _files.Client(_first), reuseConnections);
        await NotifyAsync(application);
        await NotifyAsync(application);

        _files.Client(_second);
        await NotifyAsync(application);
        Pass();
        await NotifyAsync(application);
        Pass();
        await NotifyAsync(application);

        Assert.Equal([_first.Thumbprint, _first.Thumbprint, _first.Thumbprint, _second.Thumbprint, _second.Thumbprint], provider.Clients);
        Assert.Equal(reuseConnections ? 2 : 5, provider.Connections);
        Assert.Single(Logged(application, Renewed));
        Assert.Empty(Logged(application, Invalid));
    }

    [Fact]
    public async Task NotifyAsync_KeyComesAfterTheCertificate_KeepsThePairUntilBothAreThere()
    {
        await using var provider = TlsProvider.AskingForClients(_root.Issue());
        using var application = Create(provider.Url, _files.Client(_first));
        await NotifyAsync(application);

        _files.Write("client.pem", CertificateFiles.CertificatePem(_second));
        for (var i = 0; i < 3; i++)
        {
            Pass();
            await NotifyAsync(application);
        }

        Assert.All(provider.Clients, client => Assert.Equal(_first.Thumbprint, client));
        Assert.Contains("Tls:ClientCertificate:KeyPath: the private key does not fit", Assert.Single(Logged(application, Invalid)).Message, StringComparison.Ordinal);

        _files.Write("client.key", CertificateFiles.KeyPem(_second));
        Pass();
        await NotifyAsync(application);

        Assert.Equal(_second.Thumbprint, provider.Clients[^1]);
        Assert.Single(Logged(application, Renewed));
    }

    [Fact]
    public async Task NotifyAsync_FilesVanishAndComeBack_KeepsTheCertificateAndSaysBoth()
    {
        await using var provider = TlsProvider.AskingForClients(_root.Issue());
        var tls = _files.Client(_first);
        using var application = Create(provider.Url, tls);
        await NotifyAsync(application);

        File.Delete(tls.ClientCertificate!.KeyPath!);
        Pass();
        await NotifyAsync(application);
        Assert.Contains("does not exist", Assert.Single(Logged(application, Invalid)).Message, StringComparison.Ordinal);
        Assert.Empty(Logged(application, Renewed));

        _files.Client(_first);
        Pass();
        await NotifyAsync(application);

        Assert.All(provider.Clients, client => Assert.Equal(_first.Thumbprint, client));
        Assert.Single(Logged(application, Renewed));
    }

    [Fact]
    public async Task NotifyAsync_RenewedByACertificateThatExpired_KeepsTheLastGoodOne()
    {
        await using var provider = TlsProvider.AskingForClients(_root.Issue());
        using var application = Create(provider.Url, _files.Client(_first));
        using var expired = CertificateFiles.Issue(_root, until: TestAuthority.Now.AddDays(-1).AddHours(12));
        await NotifyAsync(application);

        _files.Client(expired);
        Pass();
        await NotifyAsync(application);

        Assert.Equal([_first.Thumbprint, _first.Thumbprint], provider.Clients);
        Assert.Contains("expired at", Assert.Single(Logged(application, Invalid)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotifyAsync_RenewedByACertificateThatExpiresSoon_Warns()
    {
        await using var provider = TlsProvider.AskingForClients(_root.Issue());
        using var application = Create(provider.Url, _files.Client(_first));
        using var soon = CertificateFiles.Issue(_root, until: TestAuthority.Now.AddDays(3));
        await NotifyAsync(application);
        Assert.DoesNotContain(Logged(application, Warning), IsAboutTls);

        _files.Client(soon);
        for (var i = 0; i < 3; i++)
        {
            Pass();
            await NotifyAsync(application);
        }

        Assert.Equal(soon.Thumbprint, provider.Clients[^1]);
        Assert.Single(Logged(application, Warning), IsAboutTls);

        static bool IsAboutTls(FakeLogRecord record) => record.Message.Contains("Tls:", StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotifyAsync_LinkToADirectoryIsChanged_ShowsTheNewCertificate()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");

        // The files of a secret of Kubernetes: tls.crt -> ..data/tls.crt, ..data -> a directory of each version.
        foreach (var (directory, certificate) in new[] { ("v1", _first), ("v2", _second) })
        {
            Directory.CreateDirectory(_files.PathOf(directory));
            _files.Write($"{directory}/tls.crt", CertificateFiles.CertificatePem(certificate));
            _files.Write($"{directory}/tls.key", CertificateFiles.KeyPem(certificate));
        }

        Directory.CreateSymbolicLink(_files.PathOf("..data"), "v1");
        foreach (var name in (string[])["tls.crt", "tls.key"])
        {
            File.CreateSymbolicLink(_files.PathOf(name), $"..data/{name}");
        }

        await using var provider = TlsProvider.AskingForClients(_root.Issue());
        using var application = Create(provider.Url, new()
        {
            ClientCertificate = new() { Path = _files.PathOf("tls.crt"), KeyPath = _files.PathOf("tls.key") },
        });
        await NotifyAsync(application);

        Directory.Delete(_files.PathOf("..data"));
        Directory.CreateSymbolicLink(_files.PathOf("..data"), "v2");
        Pass();
        await NotifyAsync(application);

        Assert.Equal([_first.Thumbprint, _second.Thumbprint], provider.Clients);
    }

    [Fact]
    public async Task NotifyAsync_FileWithTheSameTimeAndLength_IsNoticed()
    {
        using var one = TestAuthority.CreateRoot("One");
        await using var provider = new TlsProvider(_root.Issue());
        var (wrong, right) = (CertificateFiles.CertificatePem(one.Certificate), CertificateFiles.CertificatePem(_root.Certificate));
        var length = Math.Max(wrong.Length, right.Length);
        var path = _files.Write("ca.pem", wrong.PadRight(length));
        var time = File.GetLastWriteTimeUtc(path);
        using var application = Create(provider.Url, new() { TrustedCertificates = { path } }, trust: false);
        Assert.False((await application.NotifyAsync()).IsSuccess);

        File.SetLastWriteTimeUtc(_files.Write("ca.pem", right.PadRight(length)), time);
        Pass();

        Assert.True((await application.NotifyAsync()).IsSuccess);
    }

    [Theory, MemberData(nameof(Reuse))]
    public async Task NotifyAsync_AuthorityIsRemoved_IsNoLongerTrusted(bool reuseConnections)
    {
        using var another = TestAuthority.CreateRoot("Another");
        await using var provider = new TlsProvider(_root.Issue());
        using var application = Create(provider.Url, new(), reuseConnections);
        await NotifyAsync(application);

        _files.Write("ca.pem", CertificateFiles.CertificatePem(another.Certificate));
        Pass();

        Assert.Equal("certificate_untrusted", Failure.Of((await application.NotifyAsync()).Exception!).ErrorType);
    }

    [Fact]
    public async Task NotifyAsync_EndpointOfTheApplication_IsRenewedToo()
    {
        await using var provider = TlsProvider.AskingForClients(_root.Issue());
        var endpoint = InvitationEndpoint.Create(new() { InvitationCreatedUrl = provider.Url, Tls = _files.Trust(_root, _files.Client(_first)) });
        using var application = Create("https://unused.example/", new(), also: services =>
            services.AddSingleton<IInvitationEndpointProvider>(new Own(endpoint)));
        await NotifyAsync(application);

        _files.Client(_second);
        Pass();
        await NotifyAsync(application);

        Assert.Equal([_first.Thumbprint, _second.Thumbprint], provider.Clients);
        Assert.StartsWith("Network mynetwork: ", Assert.Single(Logged(application, Renewed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotifyAsync_ConfigurationIsReloaded_CertificatesAndReuseFollow()
    {
        await using var provider = TlsProvider.AskingForClients(_root.Issue());
        _files.Client(_first);
        _files.Client(_second, "second");
        (string, string?)[] common =
        [
            ("InvitationCreatedUrl", provider.Url),
            ("Egress:AllowedRanges:0", "127.0.0.1/32"),
            ("Tls:TrustedCertificates:0", _files.Write("ca.pem", CertificateFiles.CertificatePem(_root.Certificate))),
        ];
        (string, string?)[] Client(string name) =>
        [
            ("Tls:ClientCertificate:Path", _files.PathOf($"{name}.pem")), ("Tls:ClientCertificate:KeyPath", _files.PathOf($"{name}.key")),
        ];
        var (configuration, source) = ChangingConfiguration.Create([.. common, .. Client("client")]);
        using var application = Application.Create(configuration);
        await NotifyAsync(application);

        source.Change([.. common, .. Client("second"), ("ReuseConnections", "true")]);
        await NotifyAsync(application);
        await NotifyAsync(application);
        Assert.Equal(2, provider.Connections);

        // The same certificates keep their connections.
        source.Change([.. common, .. Client("second"), ("ReuseConnections", "true"), ("UserAgent", "Other/1")]);
        await NotifyAsync(application);
        Assert.Equal(2, provider.Connections);

        source.Change(common);
        await NotifyAsync(application);

        var second = _second.Thumbprint;
        Assert.Equal([_first.Thumbprint, second, second, second, null], provider.Clients);
        Assert.Equal(3, provider.Connections);
    }

    [Fact]
    public async Task NotifyAsync_ManyAtOnceWhileFilesChange_AllAreDelivered()
    {
        await using var provider = TlsProvider.AskingForClients(_root.Issue());
        using var application = Create(provider.Url, _files.Client(_first));
        await NotifyAsync(application);

        for (var round = 0; round < 5; round++)
        {
            _files.Client(round % 2 == 0 ? _second : _first);
            Pass();
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => NotifyAsync(application)));
        }

        Assert.Equal(41, provider.Requests);
        Assert.DoesNotContain(null, provider.Clients);
        Assert.Equal(5, Logged(application, Renewed).Count);
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _root.Dispose();
        _files.Dispose();
    }

    private static List<FakeLogRecord> Logged(ServiceProvider application, int id)
    {
        List<FakeLogRecord> records = [.. application.GetFakeLogCollector().GetSnapshot().Where(record => record.Id.Id == id)];
        Assert.All(records, record => Assert.Equal(OperationsPage.Events[id], record.Level.ToString()));
        return records;
    }

    private static async Task NotifyAsync(ServiceProvider application)
    {
        var result = await application.NotifyAsync();
        Assert.True(result.IsSuccess, $"{result.Reason} {result.Exception}");
    }

    private void Pass() => _time.Advance(TimeSpan.FromMinutes(1));

    private ServiceProvider Create(
        string url, TlsOptions tls, bool reuseConnections = false, bool trust = true, Action<IServiceCollection>? also = null) => Application.Create(
            options =>
            {
                (options.InvitationCreatedUrl, options.ReuseConnections) = (url, reuseConnections);
                options.Tls = trust ? _files.Trust(_root, tls) : tls;
            },
            (services, _) =>
            {
                services.AddSingleton<TimeProvider>(_time).AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddFakeLogging());
                also?.Invoke(services);
            });

    private sealed class Own(InvitationEndpoint endpoint) : IInvitationEndpointProvider
    {
        public ValueTask<InvitationEndpoint?> GetEndpointAsync(string networkId, CancellationToken cancellationToken) => new(endpoint);
    }
}
