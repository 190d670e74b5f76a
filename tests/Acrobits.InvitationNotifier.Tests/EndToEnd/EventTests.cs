using System.Net;
using Acrobits.InvitationNotifier.Tests.Configuration;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>Each event goes to its own web service, and to no other.</summary>
public class EventTests
{
    private static readonly Invitation Created = new("15551231234", "johnsnow", "mynetwork") { Id = "order-4711" };
    private static readonly Invitation Accepted = Created with { Event = InvitationEvent.Accepted };

    [Fact]
    public void Event_Default_IsCreated() => Assert.Equal(InvitationEvent.Created, new Invitation("1", "2", "3").Event);

    [Fact]
    public void Event_Undefined_IsRefused() => Assert.All([-1, 2, 42, int.MaxValue], value =>
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Invitation("1", "2", "3") { Event = (InvitationEvent)value });
        Assert.Throws<ArgumentOutOfRangeException>(() => Created with { Event = (InvitationEvent)value });
    });

    [Fact]
    public void Equals_OtherEvent_IsFalse()
    {
        Assert.NotEqual(Created, Accepted);
        Assert.Equal(Accepted, Created with { Event = InvitationEvent.Accepted });
    }

    [Fact]
    public async Task NotifyAsync_BothConfigured_EachEventHasItsOwnTemplates()
    {
        using var notifier = new MockedNotifier(Settings.FromJson(
            """
            {
              "InvitationCreatedUrl": "https://example.com/created?%invitee%",
              "InvitationAcceptedUrl": "https://example.com/accepted?%invitor%",
              "Networks": { "own": { "InvitationCreatedUrl": "https://own.example/c", "InvitationAcceptedUrl": "https://own.example/a" } }
            }
            """));

        foreach (var invitation in new[] { Created, Accepted, Created with { NetworkId = "own" }, Accepted with { NetworkId = "own" } })
        {
            Assert.Equal(NotificationOutcome.Delivered, (await notifier.Notifier.NotifyAsync(invitation, Token)).Outcome);
        }

        Assert.Equal(
            ["https://example.com/created?15551231234", "https://example.com/accepted?johnsnow", "https://own.example/c", "https://own.example/a"],
            notifier.Urls);
    }

    [Theory]
    [InlineData("InvitationCreatedUrl", InvitationEvent.Created)]
    [InlineData("InvitationAcceptedUrl", InvitationEvent.Accepted)]
    public async Task NotifyAsync_OneConfigured_TheOtherEventIsNotConfigured(string key, InvitationEvent supported)
    {
        using var notifier = new MockedNotifier(Settings.From((key, "https://example.com/"), ($"Networks:own:{key}", "https://own.example/")));

        foreach (var networkId in new[] { "any", "own" })
        {
            foreach (var invitation in new[] { Created, Accepted })
            {
                var result = await notifier.Notifier.NotifyAsync(invitation with { NetworkId = networkId }, Token);

                Assert.Equal(
                    invitation.Event == supported ? NotificationOutcome.Delivered : NotificationOutcome.NotConfigured, result.Outcome);
            }
        }

        Assert.Equal(2, notifier.Urls.Count);
    }

    [Fact]
    public async Task NotifyAsync_NetworkWithOneEvent_DoesNotInheritTheOther()
    {
        using var notifier = new MockedNotifier(Settings.From(
            ("InvitationCreatedUrl", "https://example.com/"),
            ("InvitationAcceptedUrl", "https://example.com/"),
            ("Networks:own:InvitationCreatedUrl", "https://own.example/")));

        var result = await notifier.Notifier.NotifyAsync(Accepted with { NetworkId = "own" }, Token);

        Assert.Equal(NotificationOutcome.NotConfigured, result.Outcome);
        Assert.Empty(notifier.Urls);
    }

    [Fact]
    public async Task NotifyAsync_OneIdForBothEvents_TheKeysDiffer()
    {
        using var notifier = new MockedNotifier(options =>
        {
            options.InvitationCreatedUrl = options.InvitationAcceptedUrl = "https://example.com/";
            options.SendIdempotencyKey = true;
        });

        await notifier.Notifier.NotifyAsync(Created, Token);
        var created = notifier.Headers["Idempotency-Key"];
        await notifier.Notifier.NotifyAsync(Accepted, Token);

        Assert.Equal("\"order-4711\"", created);
        Assert.Equal("\"order-4711-accepted\"", notifier.Headers["Idempotency-Key"]);
    }

    [Fact]
    public async Task NotifyAsync_OneEventFails_TheOtherIsNotSuspended()
    {
        var provider = new MockProvider(new SkippingTime(), HttpStatusCode.InternalServerError);
        await using var host = NotifierHost.Create(
            options =>
            {
                // The same URL: what differs is the body.
                options.InvitationCreatedUrl = options.InvitationAcceptedUrl = MockProvider.Url;
                options.InvitationAcceptedPostData = "joined=%invitee%";
                options.CircuitBreaker.MinimumThroughput = 2;
            },
            provider.Handler,
            new SkippingTime());

        await host.NotifyAsync(Created);
        Assert.Equal(NotificationOutcome.Suspended, (await host.NotifyAsync(Created)).Outcome);

        Assert.Equal(NotificationOutcome.Rejected, (await host.NotifyAsync(Accepted)).Outcome);
    }

    [Fact]
    public void Create_EitherEvent_IsSupported()
    {
        var created = InvitationEndpoint.Create(new() { InvitationCreatedUrl = "https://example.com/" });
        var accepted = InvitationEndpoint.Create(new() { InvitationAcceptedUrl = "https://example.com/" });
        var both = InvitationEndpoint.Create(new() { InvitationCreatedUrl = "https://example.com/c", InvitationAcceptedUrl = "https://example.com/a" });

        Assert.Equal((true, false), (created.Supports(InvitationEvent.Created), created.Supports(InvitationEvent.Accepted)));
        Assert.Equal((false, true), (accepted.Supports(InvitationEvent.Created), accepted.Supports(InvitationEvent.Accepted)));
        Assert.Equal((true, true), (both.Supports(InvitationEvent.Created), both.Supports(InvitationEvent.Accepted)));
        Assert.False(both.Supports((InvitationEvent)2));

        using var request = both.CreateRequest(Accepted);
        Assert.Equal("https://example.com/a", request.RequestUri!.AbsoluteUri);
        Assert.Throws<InvalidOperationException>(() => created.CreateRequest(Accepted));
    }

    [Fact]
    public void Create_BothInvalid_EachProblemNamesItsKey()
    {
        var exception = Assert.Throws<OptionsValidationException>(() => InvitationEndpoint.Create(new()
        {
            InvitationCreatedUrl = "https://user:s3cr3t@example.com/",
            InvitationAcceptedPostData = "<r>",
            InvitationAcceptedContentType = "application/xml",
            Headers = { ["Authorization"] = "s3cr3t" },
        }));

        Assert.Contains(exception.Failures, failure => failure.StartsWith("InvitationAcceptedPostData: ", StringComparison.Ordinal));
        Assert.Contains(exception.Failures, failure => failure.StartsWith("InvitationAcceptedUrl: is missing", StringComparison.Ordinal));
        Assert.Contains("Headers:Authorization: is set, and InvitationCreatedUrl has user info too. Remove one.", exception.Failures);
        Assert.Equal(3, exception.Failures.Count());
    }

    [Fact]
    public void Warnings_TemplatesOfBothEvents_NameTheirKeys()
    {
        var endpoint = InvitationEndpoint.Create(new()
        {
            InvitationCreatedUrl = "https://example.com/?%inviter%",
            InvitationAcceptedUrl = "https://example.com/",
            InvitationAcceptedPostData = "%networkid%",
        });

        Assert.Contains(endpoint.Warnings, warning => warning.StartsWith("InvitationCreatedUrl, character 22:", StringComparison.Ordinal));
        Assert.Contains(endpoint.Warnings, warning => warning.StartsWith("InvitationAcceptedPostData, character 1:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reload_AcceptedUrlVanishes_TheLastGoodConfigurationStays()
    {
        var (configuration, source) = ChangingConfiguration.Create(
            [("InvitationCreatedUrl", "https://example.com/c"), ("InvitationAcceptedUrl", "https://example.com/a")]);
        using var notifier = new MockedNotifier(configuration);
        await notifier.Notifier.NotifyAsync(Accepted, Token);

        source.Change([("InvitationCreatedUrl", "https://example.com/c2")]);

        await notifier.Notifier.NotifyAsync(Accepted, Token);
        Assert.Equal(["https://example.com/a", "https://example.com/a"], notifier.Urls);
        Assert.Contains("InvitationAcceptedUrl: is missing.", Assert.Single(notifier.Logged(21)).Message, StringComparison.Ordinal);

        source.Change([("InvitationCreatedUrl", "https://example.com/c2"), ("InvitationAcceptedUrl", "")]);

        Assert.Equal(NotificationOutcome.NotConfigured, (await notifier.Notifier.NotifyAsync(Accepted, Token)).Outcome);
    }

    [Fact]
    public async Task EnqueueAsync_BothEvents_EachReachesItsWebService()
    {
        using var notifier = new MockedNotifier(
            options =>
            {
                options.InvitationCreatedUrl = "https://example.com/created";
                options.InvitationAcceptedUrl = "https://example.com/accepted";
            },
            services => services.AddInvitationQueue());
        var queue = notifier.Services.GetRequiredService<IInvitationQueue>();
        var host = notifier.Services.GetServices<IHostedService>().ToArray();
        await Task.WhenAll(host.Select(service => service.StartAsync(Token)));

        await queue.EnqueueAsync(Created, Token);
        await queue.EnqueueAsync(Accepted, Token);
        await Task.WhenAll(host.Select(service => service.StopAsync(Token)));

        Assert.Equal(["https://example.com/accepted", "https://example.com/created"], notifier.Urls.Order());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
