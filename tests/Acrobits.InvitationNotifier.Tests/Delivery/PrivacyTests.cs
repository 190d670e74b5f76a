using System.Net;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Tests.Delivery;

/// <summary>
/// Nobody sees phone numbers, user names, passwords or header values, whatever the outcome. The faults of the wire check
/// the same.
/// </summary>
public sealed class PrivacyTests
{
    private const string Authority = "provider.example";

    [Theory]
    [InlineData(HttpStatusCode.NoContent)]
    [InlineData(HttpStatusCode.OK)]
    [InlineData(HttpStatusCode.Found)]
    [InlineData(HttpStatusCode.InternalServerError)]
    public async Task NotifyAsync_AnswerEchoesRequest_NobodySeesIt(HttpStatusCode status)
    {
        var provider = new MockProvider(null, async (request, cancellationToken) =>
        {
            var url = request.RequestUri!.OriginalString;
            var response = new HttpResponseMessage(status) { ReasonPhrase = url };
            response.Headers.TryAddWithoutValidation("Location", url);
            response.Headers.TryAddWithoutValidation("Set-Cookie", url);
            response.Headers.TryAddWithoutValidation("Retry-After", "ygritte");
            response.Content = new StringContent(await request.Content!.ReadAsStringAsync(cancellationToken));
            return response;
        });
        await using var host = Create(provider);

        var result = await host.NotifyAsync(Secrets.Invitation);

        Assert.Equal(status, result.StatusCode);
        Secrets.AssertKept(host, result);
    }

    [Fact]
    public async Task NotifyAsync_Suspended_NobodySeesTheInvitation()
    {
        await using var host = Create(new MockProvider(null, HttpStatusCode.BadGateway), options =>
            options.CircuitBreaker.MinimumThroughput = 2);

        await host.NotifyAsync(Secrets.Invitation);
        var result = await host.NotifyAsync(Secrets.Invitation);

        Assert.Equal(NotificationOutcome.Suspended, result.Outcome);
        Secrets.AssertKept(host, result);
    }

    [Fact]
    public async Task NotifyAsync_NotConfigured_NobodySeesTheInvitation()
    {
        await using var host = Create(new MockProvider(null, HttpStatusCode.NoContent), options =>
            options.Networks["mynetwork"] = new());

        var result = await host.NotifyAsync(Secrets.Invitation);

        Assert.Equal(NotificationOutcome.NotConfigured, result.Outcome);
        Secrets.AssertKept(host, result);
    }

    [Fact]
    public async Task NotifyAsync_Unrepresentable_NobodySeesTheInvitation()
    {
        await using var host = Create(new MockProvider(null, HttpStatusCode.NoContent), options =>
        {
            options.InvitationCreatedPostData = "<a>%invitee%</a>";
            options.InvitationCreatedContentType = "application/xml";
        });

        var result = await host.NotifyAsync(new Invitation(Secrets.Invitation.Invitee + "\u0001", "ygritte", "mynetwork"));

        Assert.Equal(NotificationOutcome.Unrepresentable, result.Outcome);
        Secrets.AssertKept(host, result);
    }

    [Fact]
    public async Task NotifyAsync_CallerCancels_NobodySeesTheInvitation()
    {
        var provider = new MockProvider(null, MockProvider.Hang);
        await using var host = Create(provider);
        using var caller = new CancellationTokenSource();
        await host.NotifyAsync(new Invitation("1", "2", "none"), caller.Token);

        var delivery = host.NotifyAsync(Secrets.Invitation, caller.Token);
        await Eventually.BecomesAsync(() => provider.Requests.Count == 1, "the request has been sent");
        await caller.CancelAsync();
        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delivery);

        Secrets.AssertKept(host, exception: exception);
    }

    [Fact]
    public async Task NotifyAsync_LogsAtTrace_NameTheNetworkAndTheHost()
    {
        await using var host = Create(new MockProvider(null, HttpStatusCode.NotFound));

        await host.NotifyAsync(Secrets.Invitation);

        var record = Assert.Single(host.Logs, record => record.Id.Id < 20);
        Assert.Equal(LogLevel.Information, record.Level);
        Assert.Contains("mynetwork", record.Message, StringComparison.Ordinal);
        Assert.Contains("http://provider.example", record.Message, StringComparison.Ordinal);
    }

    private static NotifierHost Create(MockProvider provider, Action<InvitationNotifierOptions>? configure = null) => NotifierHost.Create(
        options =>
        {
            Secrets.Configure(options, Authority);
            options.Networks["none"] = new();
            options.Retry = new() { MaxRetryAttempts = 1, Delay = TimeSpan.Zero };
            configure?.Invoke(options);
        },
        provider.Handler);
}
