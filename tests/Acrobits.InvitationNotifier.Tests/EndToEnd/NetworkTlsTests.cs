using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>Client certificates and trusted authorities of single networks, with real handshakes.</summary>
public sealed class NetworkTlsTests : IDisposable
{
    private readonly CertificateFiles _files = new();
    private readonly TestAuthority _root = TestAuthority.CreateRoot();

    public static TheoryData<bool> Reuse => new(false, true);

    [Theory, MemberData(nameof(Reuse))]
    public async Task NotifyAsync_NetworksOnOneHost_EachShowsItsOwnCertificate(bool reuseConnections)
    {
        await using var provider = TlsProvider.AskingForClients(_root.Issue());
        using var one = CertificateFiles.Issue(_root);
        using var two = CertificateFiles.Issue(_root);
        using var application = Application.Create(options =>
        {
            options.ReuseConnections = reuseConnections;
            Use(options, provider.Url, _files.Trust(_root));
            Add(options, "one", provider.Url, _files.Trust(_root, _files.Client(one, "one")));
            Add(options, "two", provider.Url, _files.Trust(_root, _files.Client(two, "two")));
        });

        foreach (var network in (string[])["one", "two", "other", "two", "one", "other"])
        {
            await AssertDeliveredAsync(application, network);
        }

        Assert.Equal([one.Thumbprint, two.Thumbprint, null, two.Thumbprint, one.Thumbprint, null], provider.Clients);
        Assert.Equal(reuseConnections ? 3 : 6, provider.Connections);
    }

    [Theory]
    [InlineData(false, SslProtocols.Tls12)]
    [InlineData(true, SslProtocols.Tls12)]
    [InlineData(false, SslProtocols.Tls13)]
    [InlineData(true, SslProtocols.Tls13)]
    public async Task NotifyAsync_AuthorityOfOneNetwork_IsTrustedForNoOther(bool reuseConnections, SslProtocols protocol)
    {
        await using var provider = new TlsProvider(new SslServerAuthenticationOptions
        {
            ServerCertificate = _root.Issue(),
            EnabledSslProtocols = protocol,
        });
        using var another = TestAuthority.CreateRoot("Another");
        using var application = Application.Create(options =>
        {
            options.ReuseConnections = reuseConnections;
            Use(options, provider.Url);
            Add(options, "trusting", provider.Url, _files.Trust(_root));
            Add(options, "mistrusting", provider.Url, _files.Trust(another, name: "another"));
        });

        for (var i = 0; i < 2; i++)
        {
            var other = await AssertFailsAsync(application, "other", "certificate_untrusted");
            Assert.Contains("this machine trusts", other.Reason, StringComparison.Ordinal);
            await AssertDeliveredAsync(application, "trusting");
            var mistrusting = await AssertFailsAsync(application, "mistrusting", "certificate_untrusted");
            Assert.Contains("the configuration trusts", mistrusting.Reason, StringComparison.Ordinal);
        }

        Assert.Equal(2, provider.Requests);
    }

    [Fact]
    public async Task NotifyAsync_NetworksWithTheSameFiles_ShareConnections()
    {
        await using var provider = TlsProvider.AskingForClients(_root.Issue());
        using var client = CertificateFiles.Issue(_root);
        using var application = Application.Create(options =>
        {
            options.ReuseConnections = true;
            Add(options, "one", provider.Url, _files.Trust(_root, _files.Client(client)));
            Add(options, "two", provider.Url, _files.Trust(_root, _files.Client(client)));
        });

        await AssertDeliveredAsync(application, "one");
        await AssertDeliveredAsync(application, "two");

        Assert.Equal(1, provider.Connections);
    }

    [Fact]
    public async Task NotifyAsync_CertificateWithIntermediate_SendsItsChain()
    {
        using var intermediate = _root.CreateIntermediate();
        using var client = CertificateFiles.Issue(intermediate);
        await using var provider = new TlsProvider(new SslServerAuthenticationOptions
        {
            ServerCertificate = _root.Issue(),
            ClientCertificateRequired = true,
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { _root.Certificate },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        });
        using var application = Create(provider.Url, new TlsOptions
        {
            ClientCertificate = new()
            {
                Path = _files.Write("chain.pem", CertificateFiles.CertificatePem(client, intermediate.Certificate)),
                KeyPath = _files.Write("chain.key", CertificateFiles.KeyPem(client)),
            },
        });

        await AssertDeliveredAsync(application);
        Assert.Equal([client.Thumbprint], provider.Clients);
    }

    [Theory]
    [InlineData("pkcs12")]
    [InlineData("pkcs12-without-password")]
    [InlineData("pkcs12-with-chain")]
    [InlineData("one-file")]
    [InlineData("one-file-key-first")]
    [InlineData("encrypted")]
    [InlineData("traditional")]
    [InlineData("rsa")]
    public async Task NotifyAsync_FormatOfTheFiles_IsRead(string format)
    {
        await using var provider = TlsProvider.AskingForClients(_root.Issue());
        using var client = format == "rsa" ? CreateRsa() : CertificateFiles.Issue(_root);
        using var authority = X509CertificateLoader.LoadCertificate(_root.Certificate.RawData);
        var certificate = CertificateFiles.CertificatePem(client);
        ClientCertificateOptions options = format switch
        {
            "pkcs12" => new() { Path = _files.Write("c.pfx", client.Export(X509ContentType.Pkcs12, "s3cr3t")), Password = "s3cr3t" },
            "pkcs12-without-password" => new() { Path = _files.Write("c.pfx", client.Export(X509ContentType.Pkcs12)) },
            "pkcs12-with-chain" => new()
            {
                Path = _files.Write("c.pfx", new X509Certificate2Collection { authority, client }.Export(X509ContentType.Pkcs12, "s3cr3t")!),
                Password = "s3cr3t",
            },
            "one-file" => new() { Path = _files.Write("c.pem", certificate + CertificateFiles.KeyPem(client)) },
            "one-file-key-first" => new() { Path = _files.Write("c.pem", CertificateFiles.KeyPem(client) + "\n" + certificate) },
            "encrypted" => new()
            {
                Path = _files.Write("c.pem", certificate),
                KeyPath = _files.Write("c.key", CertificateFiles.EncryptedKeyPem(client, "s3cr3t")),
                Password = "s3cr3t",
            },
            "traditional" => new()
            {
                Path = _files.Write("c.pem", certificate),
                KeyPath = _files.Write("c.key", client.GetECDsaPrivateKey()!.ExportECPrivateKeyPem()),
            },
            _ => new()
            {
                Path = _files.Write("c.pem", certificate),
                KeyPath = _files.Write("c.key", client.GetRSAPrivateKey()!.ExportRSAPrivateKeyPem()),
            },
        };
        using var application = Create(provider.Url, new TlsOptions { ClientCertificate = options });

        await AssertDeliveredAsync(application);
        Assert.Equal([client.Thumbprint], provider.Clients);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task NotifyAsync_ClientCertificateIsRefused_SaysSo(SslProtocols protocol)
    {
        await using var provider = new TlsProvider(new SslServerAuthenticationOptions
        {
            ServerCertificate = _root.Issue(),
            EnabledSslProtocols = protocol,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, _, _, _) => false,
        });
        using var client = CertificateFiles.Issue(_root);
        using var application = Create(provider.Url, _files.Client(client));

        await AssertFailsAsync(application, "any", "client_certificate_required");
    }

    [Fact]
    public async Task NotifyAsync_ProviderHangsUpAndNeverAskedForTheCertificate_DoesNotBlameIt()
    {
        await using var provider = new TlsProvider(_root.Issue()) { HangsUp = true };
        using var client = CertificateFiles.Issue(_root);
        using var application = Create(provider.Url, _files.Client(client));

        await AssertFailsAsync(application, "any", "response_ended");
    }

    [Fact]
    public async Task NotifyAsync_IntermediateIsMissingBelowATrustedRoot_SaysWhatTheProviderHasToSend()
    {
        using var intermediate = _root.CreateIntermediate();
        await using var provider = new TlsProvider(intermediate.Issue());
        using var application = Create(provider.Url, new TlsOptions());

        var result = await AssertFailsAsync(application, "any", "certificate_untrusted");
        Assert.Contains("must send its full chain", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotifyAsync_SelfSignedCertificateIsTrusted_IsDelivered()
    {
        using var certificate = TestAuthority.SelfSigned();
        await using var provider = new TlsProvider(certificate);
        using var application = Application.Create(options => Use(options, provider.Url, new TlsOptions
        {
            TrustedCertificates = { _files.Write("self.der", certificate.RawData) },
        }));

        await AssertDeliveredAsync(application);
    }

    [Fact]
    public async Task NotifyAsync_TrustOfTheApplication_IsReplacedForTheNetworkAlone()
    {
        using var another = TestAuthority.CreateRoot("Another");
        await using var provider = new TlsProvider(_root.Issue());

        // One object for the handlers of all networks, as an application may have it.
        var shared = new SslClientAuthenticationOptions { CertificateChainPolicy = CertificateRules.CreatePolicy() };
        shared.CertificateChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        shared.CertificateChainPolicy.CustomTrustStore.Add(_root.Certificate);
        using var application = Application.Create(
            options =>
            {
                Use(options, provider.Url);
                Add(options, "another", provider.Url, _files.Trust(another, name: "another"));
            },
            (_, builder) => builder.ConfigurePrimaryHttpMessageHandler((handler, _) => ((SocketsHttpHandler)handler).SslOptions = shared));

        await AssertFailsAsync(application, "another", "certificate_untrusted");
        await AssertDeliveredAsync(application, "other");
        await AssertFailsAsync(application, "another", "certificate_untrusted");
    }

    [Fact]
    public async Task NotifyAsync_ApplicationSharesItsTlsOptions_CertificateIsShownForTheNetworkAlone()
    {
        await using var provider = TlsProvider.AskingForClients(_root.Issue());
        using var client = CertificateFiles.Issue(_root);
        using var everywhere = CertificateFiles.Issue(_root);
        var shared = new SslClientAuthenticationOptions { ClientCertificates = [everywhere] };
        using var application = Application.Create(
            options =>
            {
                Use(options, provider.Url, _files.Trust(_root));
                Add(options, "one", provider.Url, _files.Trust(_root, _files.Client(client)));
            },
            (_, builder) => builder.ConfigurePrimaryHttpMessageHandler((handler, _) => ((SocketsHttpHandler)handler).SslOptions = shared));

        await AssertDeliveredAsync(application, "one");
        await AssertDeliveredAsync(application, "other");
        await AssertDeliveredAsync(application, "one");

        Assert.Equal([client.Thumbprint, everywhere.Thumbprint, client.Thumbprint], provider.Clients);
    }

    [Fact]
    public async Task NotifyAsync_HandlerSendsACopyForANetworkWithoutCertificates_IsDeliveredBesideOthers()
    {
        await using var asking = TlsProvider.AskingForClients(_root.Issue());
        await using var plain = new Provider(Replies.NoContent);
        using var client = CertificateFiles.Issue(_root);
        using var application = Application.Create(
            options =>
            {
                Use(options, plain.Url);
                Add(options, "one", asking.Url, _files.Trust(_root, _files.Client(client)));
            },
            (_, builder) => builder.AddHttpMessageHandler(() => new Copying(withOptions: true)));

        foreach (var network in (string[])["other", "one", "other", "one"])
        {
            await AssertDeliveredAsync(application, network);
        }

        Assert.Equal([client.Thumbprint, client.Thumbprint], asking.Clients);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NotifyAsync_HandlerSendsACopy_NeverShowsAnotherCertificate(bool withOptions)
    {
        await using var provider = TlsProvider.AskingForClients(_root.Issue());
        using var client = CertificateFiles.Issue(_root);
        using var application = Application.Create(
            options =>
            {
                Use(options, provider.Url, _files.Trust(_root));
                Add(options, "one", provider.Url, _files.Trust(_root, _files.Client(client)));
            },
            (_, builder) => builder.AddHttpMessageHandler(() => new Copying(withOptions)));

        if (withOptions)
        {
            await AssertDeliveredAsync(application, "one");
            await AssertDeliveredAsync(application, "other");
            Assert.Equal([client.Thumbprint, null], provider.Clients);
        }
        else
        {
            var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => NotifyAsync(application, "one"));
            Assert.Contains("HttpRequestMessage.Options", exception.Message, StringComparison.Ordinal);
            Assert.Equal(0, provider.Connections);
        }
    }

    public void Dispose()
    {
        _files.Dispose();
        _root.Dispose();
    }

    private static X509Certificate2 CreateRsa()
    {
        using var key = RSA.Create(2048);
        return new CertificateRequest("CN=client", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(TestAuthority.Now.AddDays(-1), TestAuthority.Now.AddDays(90));
    }

    // The default endpoint; it trusts the authority of the tests.
    private ServiceProvider Create(string url, TlsOptions tls) => Application.Create(options => Use(options, url, _files.Trust(_root, tls)));

    private static void Use(InvitationNotifierOptions options, string url, TlsOptions? tls = null)
    {
        options.InvitationCreatedUrl = url;
        options.Tls = tls ?? options.Tls;
    }

    private static void Add(InvitationNotifierOptions options, string network, string url, TlsOptions tls) =>
        options.Networks[network] = new() { InvitationCreatedUrl = url, Tls = tls };

    private static Task<NotificationResult> NotifyAsync(ServiceProvider application, string network) =>
        application.Notifier().NotifyAsync(Application.Invitation with { NetworkId = network }, TestContext.Current.CancellationToken);

    private static async Task AssertDeliveredAsync(ServiceProvider application, string network = "any")
    {
        var result = await NotifyAsync(application, network);
        Assert.True(result.IsSuccess, $"{network}: {result.Reason} {result.Exception}");
    }

    private static async Task<NotificationResult> AssertFailsAsync(ServiceProvider application, string network, string errorType)
    {
        var result = await NotifyAsync(application, network);
        Assert.Equal(NotificationOutcome.Unreachable, result.Outcome);
        Assert.Equal(errorType, Failure.Of(result.Exception!).ErrorType);
        return result;
    }

    private sealed class Copying(bool withOptions) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var copy = new HttpRequestMessage(request.Method, request.RequestUri);
            if (withOptions)
            {
                foreach (var (key, value) in request.Options)
                {
                    copy.Options.Set(new HttpRequestOptionsKey<object?>(key), value);
                }
            }

            return base.SendAsync(copy, cancellationToken);
        }
    }
}
