using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace Acrobits.InvitationNotifier.Tests.Configuration;

public class BindingTests
{
    [Fact]
    public void Bind_EveryKey_IsTakenOver()
    {
        var options = Settings.Read(Settings.FromJson(
            """
            {
              "InvitationNotifier": {
                "InvitationCreatedUrl": "https://example.com/a",
                "InvitationCreatedPostData": "{}",
                "InvitationCreatedContentType": "application/json",
                "Headers": { "X-Api-Key": "key", "x-other": "" },
                "SendIdempotencyKey": true,
                "Tls": {},
                "Networks": {
                  "mynetwork": {
                    "InvitationCreatedUrl": "https://example.com/b",
                    "InvitationCreatedPostData": "<r/>",
                    "InvitationCreatedContentType": "application/xml",
                    "Headers": { "X-Net": "1" },
                    "SendIdempotencyKey": true,
                    "Tls": { "ClientCertificate": {}, "TrustedCertificates": [] }
                  }
                },
                "UserAgent": "Server/2.0 (x)",
                "ReuseConnections": true,
                "AttemptTimeout": "00:00:11", "TotalTimeout": "00:01:00",
                "Retry": { "MaxRetryAttempts": 5, "Delay": "00:00:02", "MaxDelay": "00:00:20", "UseJitter": false },
                "CircuitBreaker": { "FailureRatio": 0.25, "MinimumThroughput": 20, "SamplingDuration": "00:01:30", "BreakDuration": "00:02:00.5" },
                "MaxConcurrentRequests": 7, "MaxQueuedRequests": 0, "MaxRequestsPerSecond": 2.5,
                "Egress": { "AllowedRanges": [ "10.20.0.0/16", "fd00:12::/32" ] }
              }
            }
            """).GetSection(Settings.Section));

        Assert.Equal("https://example.com/a", options.InvitationCreatedUrl);
        Assert.Equal("{}", options.InvitationCreatedPostData);
        Assert.Equal("application/json", options.InvitationCreatedContentType);
        Assert.Equal([("X-Api-Key", "key"), ("x-other", "")], options.Headers.Select(header => (header.Key, header.Value)).Order());
        Assert.True(options.SendIdempotencyKey);
        var network = Assert.Single(options.Networks);
        Assert.Equal("mynetwork", network.Key);
        Assert.Equal("https://example.com/b", network.Value.InvitationCreatedUrl);
        Assert.Equal("<r/>", network.Value.InvitationCreatedPostData);
        Assert.Equal("application/xml", network.Value.InvitationCreatedContentType);
        Assert.Equal("1", Assert.Single(network.Value.Headers).Value);
        Assert.True(network.Value.SendIdempotencyKey);
        Assert.Equal("Server/2.0 (x)", options.UserAgent);
        Assert.True(options.ReuseConnections);
        Assert.Equal(TimeSpan.FromSeconds(11), options.AttemptTimeout);
        Assert.Equal(TimeSpan.FromMinutes(1), options.TotalTimeout);
        Assert.Equal(5, options.Retry.MaxRetryAttempts);
        Assert.Equal(TimeSpan.FromSeconds(2), options.Retry.Delay);
        Assert.Equal(TimeSpan.FromSeconds(20), options.Retry.MaxDelay);
        Assert.False(options.Retry.UseJitter);
        Assert.Equal(0.25, options.CircuitBreaker.FailureRatio);
        Assert.Equal(20, options.CircuitBreaker.MinimumThroughput);
        Assert.Equal(TimeSpan.FromSeconds(90), options.CircuitBreaker.SamplingDuration);
        Assert.Equal(TimeSpan.FromSeconds(120.5), options.CircuitBreaker.BreakDuration);
        Assert.Equal(7, options.MaxConcurrentRequests);
        Assert.Equal(0, options.MaxQueuedRequests);
        Assert.Equal(2.5, options.MaxRequestsPerSecond);
        Assert.Equal(["10.20.0.0/16", "fd00:12::/32"], options.Egress.AllowedRanges);
    }

    [Fact]
    public void Bind_NoSection_GivesTheDocumentedDefaults() => AssertDefaults(Settings.Read(Settings.From()));

    [Fact]
    public void Bind_NullsAndEmptyGroups_GiveTheDocumentedDefaults() => AssertDefaults(Settings.Read(Settings.FromJson(
        """
        {
          "InvitationCreatedUrl": null, "InvitationCreatedPostData": null, "InvitationCreatedContentType": null,
          "Headers": null, "SendIdempotencyKey": null, "Tls": { "ClientCertificate": null, "TrustedCertificates": null }, "Networks": null, "UserAgent": null, "ReuseConnections": null, "AttemptTimeout": null, "TotalTimeout": null,
          "Retry": { "MaxRetryAttempts": null, "Delay": null, "MaxDelay": null, "UseJitter": null },
          "CircuitBreaker": { "FailureRatio": null, "MinimumThroughput": null, "SamplingDuration": null, "BreakDuration": null },
          "MaxConcurrentRequests": null, "MaxQueuedRequests": null, "MaxRequestsPerSecond": null, "Egress": { "AllowedRanges": null }
        }
        """)));

    [Theory]
    [InlineData("""{ "Retry": null, "CircuitBreaker": null, "Egress": null, "Tls": null }""")]
    [InlineData("""{ "Headers": {}, "Networks": {}, "Retry": {}, "CircuitBreaker": {}, "Egress": {}, "Tls": {} }""")]
    [InlineData("""{ "Egress": { "AllowedRanges": [] } }""")]
    [InlineData("""{ "InvitationCreatedUrl": "", "InvitationCreatedPostData": " ", "InvitationCreatedContentType": "" }""")]
    public async Task Bind_NothingFilledIn_IsValid(string json)
    {
        using var notifier = new MockedNotifier(Settings.FromJson(json));

        Assert.Equal(NotificationOutcome.NotConfigured, (await notifier.NotifyAsync()).Outcome);
    }

    [Fact]
    public void Bind_TlsFiles_AreTakenOver()
    {
        using var files = new CertificateFiles();
        using var root = TestAuthority.CreateRoot();
        using var client = CertificateFiles.Issue(root);
        var certificate = files.Write("c.pem", CertificateFiles.CertificatePem(client));
        var key = files.Write("c.key", CertificateFiles.EncryptedKeyPem(client, "s3cr3t"));
        var authority = files.Write("ca.pem", CertificateFiles.CertificatePem(root.Certificate));
        var options = Settings.Read(Settings.From(
            ("InvitationCreatedUrl", "https://example.com/"),
            ("Tls:ClientCertificate:Path", certificate),
            ("Tls:ClientCertificate:KeyPath", key),
            ("Tls:ClientCertificate:Password", "s3cr3t"),
            ("Tls:TrustedCertificates:0", authority),
            ("Networks:mynetwork:InvitationCreatedUrl", "https://example.com/"),
            ("Networks:mynetwork:Tls:ClientCertificate:Path", certificate),
            ("Networks:mynetwork:Tls:ClientCertificate:KeyPath", key),
            ("Networks:mynetwork:Tls:ClientCertificate:Password", "s3cr3t"),
            ("Networks:mynetwork:Tls:TrustedCertificates:0", authority),
            ("Networks:mynetwork:Tls:TrustedCertificates:1", authority)));

        Assert.All((TlsOptions[])[options.Tls, options.Networks["mynetwork"].Tls], tls => Assert.Equal(
            (certificate, key, "s3cr3t"), (tls.ClientCertificate!.Path, tls.ClientCertificate.KeyPath, tls.ClientCertificate.Password)));
        Assert.Equal([authority], options.Tls.TrustedCertificates);
        Assert.Equal([authority, authority], options.Networks["mynetwork"].Tls.TrustedCertificates);
    }

    [Theory]
    [InlineData("Tls:ClientCertifcate:Path", "ClientCertificate")]
    [InlineData("Tls:ClientCertificate:KeyPth", "KeyPath")]
    [InlineData("Networks:mynetwork:Tls:Certificate", "ClientCertificate")]
    [InlineData("KeyPath", "Tls:ClientCertificate:KeyPath")]
    [InlineData("Tls:ClientCertificate", "is not a group of keys")]
    [InlineData("Tls:TrustedCertificates", "is not a list of paths")]
    [InlineData("Tls:TrustedCertificates:0:1", "is not a string")]
    public void Bind_WrongKeyOfTls_SaysWhatIsRight(string key, string expected)
    {
        var problem = Assert.Single(Settings.Problems(key, "s3cr3t"));

        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Bind_KeysInOtherCase_AreTheSameKeys() =>
        Assert.Equal(TimeSpan.FromSeconds(3), Settings.Read(Settings.From(("retry:DELAY", "00:00:03"))).Retry.Delay);

    [Fact]
    public void Options_New_HaveTheDocumentedDefaults() => AssertDefaults(new InvitationNotifierOptions());

    private static void AssertDefaults(InvitationNotifierOptions options)
    {
        Assert.Null(options.InvitationCreatedUrl);
        Assert.Null(options.InvitationCreatedPostData);
        Assert.Null(options.InvitationCreatedContentType);
        Assert.True(options.Headers is null or { Count: 0 });
        Assert.True(options.Networks is null or { Count: 0 });
        Assert.False(options.SendIdempotencyKey);
        Assert.Null(options.Tls.ClientCertificate);
        Assert.Empty(options.Tls.TrustedCertificates);
        Assert.Equal("Sync Server 1.1", options.UserAgent);
        Assert.False(options.ReuseConnections);
        Assert.Equal(TimeSpan.FromSeconds(10), options.AttemptTimeout);
        Assert.Equal(TimeSpan.FromSeconds(30), options.TotalTimeout);
        Assert.Equal(3, options.Retry.MaxRetryAttempts);
        Assert.Equal(TimeSpan.FromSeconds(1), options.Retry.Delay);
        Assert.Equal(TimeSpan.FromSeconds(10), options.Retry.MaxDelay);
        Assert.True(options.Retry.UseJitter);
        Assert.Equal(0.5, options.CircuitBreaker.FailureRatio);
        Assert.Equal(10, options.CircuitBreaker.MinimumThroughput);
        Assert.Equal(TimeSpan.FromSeconds(30), options.CircuitBreaker.SamplingDuration);
        Assert.Equal(TimeSpan.FromSeconds(30), options.CircuitBreaker.BreakDuration);
        Assert.Equal(32, options.MaxConcurrentRequests);
        Assert.Equal(1024, options.MaxQueuedRequests);
        Assert.Null(options.MaxRequestsPerSecond);
        Assert.True(options.Egress.AllowedRanges is null or { Count: 0 });
    }
}
