using System.Net;
using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Configuration;

/// <summary>Where requests carry an Idempotency-Key, and which one.</summary>
public class IdempotencyKeyTests
{
    private const string Header = "Idempotency-Key";

    [Fact]
    public async Task NotifyAsync_ServiceForAllOrOneNetwork_EachHasItsOwnSetting()
    {
        using var notifier = new MockedNotifier(Settings.FromJson(
            """
            {
              "InvitationCreatedUrl": "https://example.com/", "SendIdempotencyKey": true,
              "Networks": {
                "silent": { "InvitationCreatedUrl": "https://silent.example/" },
                "asking": { "InvitationCreatedUrl": "https://asking.example/", "SendIdempotencyKey": true },
                "refusing": { "InvitationCreatedUrl": "https://refusing.example/", "SendIdempotencyKey": false }
              }
            }
            """));

        Assert.True(await HasKeyAsync(notifier, "any"));
        Assert.True(await HasKeyAsync(notifier, "asking"));
        Assert.False(await HasKeyAsync(notifier, "silent"));
        Assert.False(await HasKeyAsync(notifier, "refusing"));
    }

    [Fact]
    public async Task NotifyAsync_OneNetworkAsks_OthersHaveNone()
    {
        using var notifier = new MockedNotifier(Settings.From(
            ("InvitationCreatedUrl", "https://example.com/"),
            ("Networks:asking:InvitationCreatedUrl", "https://asking.example/"),
            ("Networks:asking:SendIdempotencyKey", "true")));

        Assert.True(await HasKeyAsync(notifier, "asking"));
        Assert.False(await HasKeyAsync(notifier, "any"));
    }

    [Fact]
    public void Options_New_AskForNone()
    {
        Assert.False(new InvitationNotifierOptions().SendIdempotencyKey);
        Assert.False(new InvitationEndpointOptions().SendIdempotencyKey);
    }

    [Theory]
    [InlineData("SendIdempotencyKey")]
    [InlineData("Networks:mine:SendIdempotencyKey")]
    public void Bind_NeitherTrueNorFalse_IsRefused(string key) =>
        Assert.StartsWith(key + ": ", Assert.Single(Settings.Problems(key, "sometimes")), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "Idempotency-Key")]
    [InlineData("", "idempotency-key")]
    [InlineData("Networks:mine:", "Idempotency-Key")]
    public void Bind_HeaderIsConfiguredToo_IsRefused(string service, string header)
    {
        (string, string?)[] pairs =
        [
            (service + "InvitationCreatedUrl", "https://example.com/"),
            ($"{service}Headers:{header}", "s3cr3t"),
        ];

        Assert.Equal(
            [$"{service}Headers:Idempotency-Key: is set, and SendIdempotencyKey is true. Remove one."],
            Settings.Problems(Settings.From([.. pairs, (service + "SendIdempotencyKey", "true")])));
        Assert.Equal(
            "s3cr3t",
            (service.Length == 0 ? Settings.Read(Settings.From(pairs)).Headers : Settings.Read(Settings.From(pairs)).Networks["mine"].Headers)[header]);
    }

    [Fact]
    public void Bind_HeaderIsConfiguredElsewhere_IsNoConflict()
    {
        var options = Settings.Read(Settings.From(
            ("InvitationCreatedUrl", "https://example.com/"),
            ("SendIdempotencyKey", "true"),
            ("Networks:mine:InvitationCreatedUrl", "https://example.com/"),
            ("Networks:mine:Headers:Idempotency-Key", "fixed")));

        Assert.True(options.SendIdempotencyKey);
    }

    [Fact]
    public async Task NotifyAsync_NoId_EachNotificationHasANewOne()
    {
        using var notifier = new MockedNotifier(Settings.From(("InvitationCreatedUrl", "https://example.com/"), ("SendIdempotencyKey", "true")));

        await notifier.NotifyAsync();
        var first = notifier.Headers[Header];
        await notifier.NotifyAsync();

        Assert.Matches("^\"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\"$", first);
        Assert.NotEqual(first, notifier.Headers[Header]);
    }

    [Fact]
    public async Task NotifyAsync_OwnId_IsSentInQuotes()
    {
        using var notifier = new MockedNotifier(Settings.From(("InvitationCreatedUrl", "https://example.com/"), ("SendIdempotencyKey", "true")));

        await notifier.Notifier.NotifyAsync(new Invitation("420", "john", "net") { Id = "order 4711" }, TestContext.Current.CancellationToken);

        Assert.Equal("\"order 4711\"", notifier.Headers[Header]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("order-4711")]
    public async Task NotifyAsync_Repeated_HasTheSameKeyInEachAttempt(string? id)
    {
        var provider = new MockProvider(new SkippingTime(), HttpStatusCode.ServiceUnavailable);
        await using var host = NotifierHost.Create(
            options => (options.InvitationCreatedUrl, options.SendIdempotencyKey) = (MockProvider.Url, true), provider.Handler, new SkippingTime());

        var result = await host.NotifyAsync(NotifierHost.Invitation with { Id = id });

        Assert.Equal(4, result.Attempts);
        var keys = provider.Requests.Select(request => request.Headers.NonValidated[Header].ToString()).ToArray();
        Assert.Equal(4, keys.Length);
        Assert.Single(keys.Distinct());
    }

    [Fact]
    public void CreateRequest_Asked_CarriesTheKeyToo()
    {
        var endpoint = InvitationEndpoint.Create(new() { InvitationCreatedUrl = "https://example.com/", SendIdempotencyKey = true });

        using var request = endpoint.CreateRequest(new Invitation("420", "john", "net") { Id = "1" });
        using var other = endpoint.CreateRequest(new Invitation("420", "john", "net"));

        Assert.Equal("\"1\"", request.Headers.NonValidated[Header].ToString());
        Assert.Contains(Header, other.Headers.NonValidated.Select(header => header.Key));
    }

    private static async Task<bool> HasKeyAsync(MockedNotifier notifier, string networkId)
    {
        Assert.True((await notifier.NotifyAsync(networkId)).IsSuccess);
        return notifier.Headers.ContainsKey(Header);
    }
}
