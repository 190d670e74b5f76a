using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>What a provider's certificate must not bring about: connections to where it says, and a say in how others are judged.</summary>
[Collection(typeof(Alone))]
public sealed class CertificateFetchTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task NotifyAsync_CertificateNamesAddresses_NoneIsAsked(bool isTrusted, bool throughProxy)
    {
        await using var bait = new Provider(Replies.NoContent);
        using var root = TestAuthority.CreateRoot();
        using var intermediate = root.CreateIntermediate();
        var certificate = intermediate.Issue(fetchFrom: bait.Url);
        await using var provider = isTrusted ? new TlsProvider(certificate, intermediate.Certificate) : new TlsProvider(certificate);
        await using var proxy = new TunnelProxy(provider.Port, wantsCredentials: false);
        using var application = Create(provider.Url, root, handler =>
        {
            handler.UseProxy = throughProxy;
            handler.Proxy = new WebProxy("127.0.0.1", proxy.Port);
        });

        var result = await application.NotifyAsync();

        Assert.Equal(isTrusted ? NotificationOutcome.Delivered : NotificationOutcome.Unreachable, result.Outcome);
        Assert.Equal(throughProxy ? 1 : 0, proxy.Requests);
        Assert.Equal(0, bait.Connections);
    }

    [Fact]
    public async Task NotifyAsync_CertificatesOfTheNetworkNameAddresses_NoneIsAsked()
    {
        await using var bait = new Provider(Replies.NoContent);
        using var files = new CertificateFiles();
        using var root = TestAuthority.CreateRoot();
        using var intermediate = root.CreateIntermediate();
        using var client = intermediate.Issue(fetchFrom: bait.Url, usage: "1.3.6.1.5.5.7.3.2");
        await using var complete = TlsProvider.AskingForClients(root.Issue(fetchFrom: bait.Url));
        await using var incomplete = TlsProvider.AskingForClients(intermediate.Issue(fetchFrom: bait.Url));
        using var application = Application.Create(options =>
        {
            options.InvitationCreatedUrl = complete.Url;
            options.Tls = files.Trust(root, files.Client(client));
            options.Networks["incomplete"] = new() { InvitationCreatedUrl = incomplete.Url, Tls = options.Tls };
        });

        Assert.Equal(NotificationOutcome.Delivered, (await application.NotifyAsync()).Outcome);
        Assert.Equal("certificate_untrusted", TypeOf(await application.Notifier().NotifyAsync(Application.Invitation with { NetworkId = "incomplete" })));
        Assert.Equal([client.Thumbprint], complete.Clients);
        Assert.Equal(0, bait.Connections);
    }

    [Fact]
    public async Task NotifyAsync_ApplicationReplacesTheTlsOptions_NothingIsAsked()
    {
        await using var bait = new Provider(Replies.NoContent);
        using var root = TestAuthority.CreateRoot();
        using var intermediate = root.CreateIntermediate();
        await using var provider = new TlsProvider(intermediate.Issue(fetchFrom: bait.Url));
        var judged = 0;
        using var application = Application.Create(provider.Url, (_, builder) =>
            builder.ConfigurePrimaryHttpMessageHandler((handler, _) => ((SocketsHttpHandler)handler).SslOptions = new()
            {
                CertificateRevocationCheckMode = X509RevocationMode.Online,
                RemoteCertificateValidationCallback = (_, _, _, _) => ++judged > 0,
            }));

        Assert.Equal(NotificationOutcome.Delivered, (await application.NotifyAsync()).Outcome);
        Assert.Equal((1, 0), (judged, bait.Connections));
    }

    [Fact]
    public async Task NotifyAsync_IssuersThatNeverAnswer_HoldUpNobody()
    {
        await using var bait = new Provider(Replies.Hang);
        using var root = TestAuthority.CreateRoot();
        using var intermediate = root.CreateIntermediate();
        await using var provider = new TlsProvider(intermediate.Issue(fetchFrom: bait.Url));
        using var application = Create(provider.Url, root);

        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => application.NotifyAsync())).WaitAsync(Eventually.Limit);

        Assert.All(results, result => Assert.Equal("certificate_untrusted", TypeOf(result)));
        Assert.Equal(0, bait.Connections);
    }

    [Fact]
    public async Task NotifyAsync_IntermediateIsInTheUsersStoreAlone_IsUntrusted()
    {
        using var root = TestAuthority.CreateRoot();
        using var intermediate = root.CreateIntermediate("Stored intermediate of a test");
        await using var provider = new TlsProvider(intermediate.Issue());
        using var application = Create(provider.Url, root);

        var result = await WithStoredAsync(intermediate.Certificate, application.NotifyAsync);

        Assert.Equal("certificate_untrusted", TypeOf(result));
    }

    [Fact]
    public async Task NotifyAsync_AnotherCertificateOfTheIssuerIsInTheUsersStore_ChangesNothing()
    {
        using var root = TestAuthority.CreateRoot();
        using var otherRoot = TestAuthority.CreateRoot("Other test root");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var intermediate = root.CreateIntermediate("Crossed intermediate of a test", key);
        using var crossed = otherRoot.CreateIntermediate("Crossed intermediate of a test", key);
        await using var provider = new TlsProvider(intermediate.Issue(), intermediate.Certificate);
        await using var withoutRoot = new TlsProvider(intermediate.Issue(), intermediate.Certificate);
        using var application = Create(provider.Url, [root, otherRoot]);
        using var distrusting = Create(withoutRoot.Url, [otherRoot]);

        var (delivered, refused) = await WithStoredAsync(
            crossed.Certificate, async () => (await application.NotifyAsync(), await distrusting.NotifyAsync()));

        Assert.Equal(NotificationOutcome.Delivered, delivered.Outcome);
        Assert.Equal("certificate_untrusted", TypeOf(refused));
    }

    [Fact]
    public async Task NotifyAsync_OneProviderSendsTheIntermediate_AnotherHasToSendItToo()
    {
        using var root = TestAuthority.CreateRoot();
        using var intermediate = root.CreateIntermediate();
        await using var complete = new TlsProvider(intermediate.Issue(), intermediate.Certificate);
        await using var incomplete = new TlsProvider(intermediate.Issue());
        using var second = Create(
            options =>
            {
                options.InvitationCreatedUrl = complete.Url;
                options.Networks["other"] = new() { InvitationCreatedUrl = incomplete.Url };
            },
            [root]);

        Assert.Equal(NotificationOutcome.Delivered, (await second.NotifyAsync()).Outcome);
        Assert.Equal("certificate_untrusted", TypeOf(await second.Notifier().NotifyAsync(new Invitation("420", "john", "other"))));
    }

    private static string TypeOf(NotificationResult result) => Failure.Of(result.Exception!).ErrorType;

    private static async Task<T> WithStoredAsync<T>(X509Certificate2 certificate, Func<Task<T>> test)
    {
        using var withoutKey = X509CertificateLoader.LoadCertificate(certificate.RawData);
        using var store = new X509Store(StoreName.CertificateAuthority, StoreLocation.CurrentUser);
        store.Open(OpenFlags.ReadWrite);
        store.Add(withoutKey);
        try
        {
            return await test();
        }
        finally
        {
            store.Remove(withoutKey);
        }
    }

    private static ServiceProvider Create(string url, TestAuthority root, Action<SocketsHttpHandler>? configure = null) =>
        Create(options => options.InvitationCreatedUrl = url, [root], configure);

    private static ServiceProvider Create(string url, TestAuthority[] roots) =>
        Create(options => options.InvitationCreatedUrl = url, roots);

    private static ServiceProvider Create(
        Action<InvitationNotifierOptions> options, TestAuthority[] roots, Action<SocketsHttpHandler>? configure = null) =>
        Application.Create(options, (_, builder) => builder.ConfigurePrimaryHttpMessageHandler((handler, _) =>
        {
            var sockets = (SocketsHttpHandler)handler;
            sockets.SslOptions.CertificateChainPolicy!.TrustMode = X509ChainTrustMode.CustomRootTrust;
            sockets.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(Array.ConvertAll(roots, root => root.Certificate));
            configure?.Invoke(sockets);
        }));
}
