using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>Certificates and protocols of providers, with real handshakes.</summary>
public sealed class TlsTests
{
    [Fact]
    public async Task NotifyAsync_FullChain_IsDelivered()
    {
        using var root = TestAuthority.CreateRoot();
        using var intermediate = root.CreateIntermediate();
        await using var provider = new TlsProvider(intermediate.Issue(), intermediate.Certificate);

        using var application = Application.Create(provider.Url, Trust(root));

        Assert.Equal(NotificationOutcome.Delivered, (await application.NotifyAsync()).Outcome);
    }

    [Fact]
    public async Task NotifyAsync_Expired_SaysSo()
    {
        using var root = TestAuthority.CreateRoot();
        await using var provider = new TlsProvider(root.Issue(from: TestAuthority.Now.AddDays(-9), until: TestAuthority.Now.AddDays(-2)));

        await AssertFailsAsync(provider.Url, "certificate_expired", "expired at", Trust(root));
    }

    [Fact]
    public async Task NotifyAsync_ExpiredBelowAnIntermediate_SaysThatItIsTheProvidersOwn()
    {
        using var root = TestAuthority.CreateRoot();
        using var intermediate = root.CreateIntermediate();
        await using var provider = new TlsProvider(
            intermediate.Issue(from: TestAuthority.Now.AddDays(-9), until: TestAuthority.Now.AddDays(-2)), intermediate.Certificate);

        await AssertFailsAsync(provider.Url, "certificate_expired", "The provider's certificate expired at", Trust(root));
    }

    [Fact]
    public async Task NotifyAsync_IntermediateExpired_SaysThatItIsOneOfTheChain()
    {
        using var root = TestAuthority.CreateRoot();
        using var intermediate = root.CreateIntermediate(until: TestAuthority.Now.AddDays(-2));
        await using var provider = new TlsProvider(intermediate.Issue(), intermediate.Certificate);

        var expired = $"A certificate in the provider's chain expired at {TestAuthority.Now.AddDays(-2).UtcDateTime:u}";
        await AssertFailsAsync(provider.Url, "certificate_expired", expired, Trust(root));
    }

    [Fact]
    public async Task NotifyAsync_NotYetValid_SaysSo()
    {
        using var root = TestAuthority.CreateRoot();
        await using var provider = new TlsProvider(root.Issue(from: TestAuthority.Now.AddDays(2), until: TestAuthority.Now.AddDays(9)));

        await AssertFailsAsync(provider.Url, "certificate_not_yet_valid", "is not valid before", Trust(root));
    }

    [Fact]
    public async Task NotifyAsync_OtherName_SaysSo()
    {
        using var root = TestAuthority.CreateRoot();
        await using var provider = new TlsProvider(root.Issue("secret-name.example"));

        await AssertFailsAsync(provider.Url, "certificate_name_mismatch", "not issued for the host", Trust(root));
    }

    [Fact]
    public async Task NotifyAsync_SelfSigned_IsUntrusted()
    {
        await using var provider = new TlsProvider(TestAuthority.SelfSigned());

        await AssertFailsAsync(provider.Url, "certificate_untrusted", "self-signed");
    }

    [Fact]
    public async Task NotifyAsync_UnknownAuthority_IsUntrusted()
    {
        using var root = TestAuthority.CreateRoot();
        await using var provider = new TlsProvider(root.Issue(), root.Certificate);

        await AssertFailsAsync(provider.Url, "certificate_untrusted", "authority that this machine trusts");
    }

    [Fact]
    public async Task NotifyAsync_AuthorityIsKnownAndNotTrusted_SaysSo()
    {
        using var root = TestAuthority.CreateRoot();
        await using var provider = new TlsProvider(root.Issue());

        await AssertFailsAsync(provider.Url, "certificate_untrusted", "does not trust the authority that issued it", (_, builder) =>
            Configure(builder, options => options.CertificateChainPolicy!.ExtraStore.Add(root.Certificate)));
    }

    [Fact]
    public async Task NotifyAsync_ApplicationTrustsTheIntermediateToo_ProviderNeedNotSendIt()
    {
        using var root = TestAuthority.CreateRoot();
        using var intermediate = root.CreateIntermediate();
        await using var provider = new TlsProvider(intermediate.Issue());

        using var application = Application.Create(provider.Url, (_, builder) => Configure(builder, options =>
        {
            options.CertificateChainPolicy!.TrustMode = X509ChainTrustMode.CustomRootTrust;
            options.CertificateChainPolicy.CustomTrustStore.Add(root.Certificate);
            options.CertificateChainPolicy.CustomTrustStore.Add(intermediate.Certificate);
        }));

        Assert.Equal(NotificationOutcome.Delivered, (await application.NotifyAsync()).Outcome);
    }

    [Fact]
    public async Task NotifyAsync_IntermediateIsMissing_SaysWhatTheProviderHasToSend()
    {
        using var root = TestAuthority.CreateRoot();
        using var intermediate = root.CreateIntermediate();
        await using var provider = new TlsProvider(intermediate.Issue());

        await AssertFailsAsync(provider.Url, "certificate_untrusted", "must send its full chain", Trust(root));
    }

    [Fact]
    public async Task NotifyAsync_CertificateOfAClient_IsUntrusted()
    {
        using var root = TestAuthority.CreateRoot();
        await using var provider = new TlsProvider(root.Issue(usage: "1.3.6.1.5.5.7.3.2"));

        await AssertFailsAsync(provider.Url, "certificate_untrusted", "not meant for servers", Trust(root));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task NotifyAsync_ClientCertificateAskedFor_SaysSo(SslProtocols protocol)
    {
        using var root = TestAuthority.CreateRoot();
        await using var provider = new TlsProvider(new SslServerAuthenticationOptions
        {
            ServerCertificate = root.Issue(),
            EnabledSslProtocols = protocol,
            ClientCertificateRequired = true,
        });

        await AssertFailsAsync(provider.Url, "client_certificate_required", "client certificate", Trust(root));
    }

    [Fact]
    public async Task NotifyAsync_ProviderHangsUpAndNeverAskedForAClientCertificate_DoesNotBlameOne()
    {
        using var root = TestAuthority.CreateRoot();
        await using var provider = new TlsProvider(root.Issue()) { HangsUp = true };

        await AssertFailsAsync(provider.Url, "response_ended", "closed the connection", Trust(root));
        Assert.Equal(1, provider.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NotifyAsync_ApplicationFiltersTheStream_ItsFilterIsUsed(bool asksForClientCertificate)
    {
        using var root = TestAuthority.CreateRoot();
        await using var provider = new TlsProvider(new SslServerAuthenticationOptions
        {
            ServerCertificate = root.Issue(),
            ClientCertificateRequired = asksForClientCertificate,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is null,
        });
        var filtered = 0;
        using var application = Application.Create(provider.Url, (services, builder) =>
        {
            Trust(root)(services, builder);
            builder.ConfigurePrimaryHttpMessageHandler((handler, _) => ((SocketsHttpHandler)handler).PlaintextStreamFilter = (context, _) =>
            {
                filtered++;
                return new ValueTask<Stream>(context.PlaintextStream);
            });
        });

        Assert.Equal(NotificationOutcome.Delivered, (await application.NotifyAsync()).Outcome);
        Assert.Equal(1, filtered);
    }

    [Fact]
    public async Task NotifyAsync_NoCommonVersion_SaysSo()
    {
        using var root = TestAuthority.CreateRoot();
        await using var provider = new TlsProvider(new SslServerAuthenticationOptions
        {
            ServerCertificate = root.Issue(),
            EnabledSslProtocols = SslProtocols.Tls12,
        });

        await AssertFailsAsync(provider.Url, "tls_protocol_error", "no TLS version or cipher in common", (_, builder) =>
            Configure(builder, options => options.EnabledSslProtocols = SslProtocols.Tls13));
    }

    [Fact]
    public async Task NotifyAsync_NoCommonCipher_SaysSo()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Ciphers can be chosen on Linux.");
        using var root = TestAuthority.CreateRoot();
#pragma warning disable CA1416 // Linux alone.
        await using var provider = new TlsProvider(new SslServerAuthenticationOptions
        {
            ServerCertificate = root.Issue(),
            EnabledSslProtocols = SslProtocols.Tls13,
            CipherSuitesPolicy = new CipherSuitesPolicy([TlsCipherSuite.TLS_AES_256_GCM_SHA384]),
        });

        await AssertFailsAsync(provider.Url, "tls_protocol_error", "no common cipher", (_, builder) =>
            Configure(builder, options => options.CipherSuitesPolicy = new CipherSuitesPolicy([TlsCipherSuite.TLS_AES_128_GCM_SHA256])));
#pragma warning restore CA1416
    }

    [Fact]
    public async Task NotifyAsync_ServerSpeaksNoTls_SaysSo()
    {
        await using var provider = new Provider(Replies.Status(400));

        await AssertFailsAsync($"https://127.0.0.1:{provider.Port}/", "tls_protocol_error", "does not speak TLS");
    }

    [Fact]
    public async Task NotifyAsync_HandshakeCutOff_IsASecureConnectionError()
    {
        await using var provider = new Provider(Replies.Close);

        await AssertFailsAsync($"https://127.0.0.1:{provider.Port}/", "secure_connection_error", "handshake");
    }

    private static async Task AssertFailsAsync(
        string url, string type, string reason, Action<IServiceCollection, IHttpClientBuilder>? also = null)
    {
        using var application = Application.Create(url, also);

        var result = await application.NotifyAsync();

        Assert.Equal(NotificationOutcome.Unreachable, result.Outcome);
        var failure = Failure.Of(result.Exception!);
        Assert.True(failure.ErrorType == type, failure.ErrorType + ": " + failure.Reason + "\n" + result.Exception);
        Assert.Contains(reason, failure.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-name", result.Exception!.ToString() + failure.Reason, StringComparison.Ordinal);
    }

    private static Action<IServiceCollection, IHttpClientBuilder> Trust(TestAuthority root) => (_, builder) =>
        Configure(builder, options =>
        {
            options.CertificateChainPolicy!.TrustMode = X509ChainTrustMode.CustomRootTrust;
            options.CertificateChainPolicy.CustomTrustStore.Add(root.Certificate);
        });

    private static void Configure(IHttpClientBuilder builder, Action<SslClientAuthenticationOptions> configure) =>
        builder.ConfigurePrimaryHttpMessageHandler((handler, _) => configure(((SocketsHttpHandler)handler).SslOptions));
}
