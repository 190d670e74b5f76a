using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Acrobits.InvitationNotifier.Testing.Tests;

/// <summary>The results look as those of the library.</summary>
public sealed class NotificationResultsTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Delivered_OfTheLibrary_LooksTheSame() => AssertSame(await NotifyAsync(ProviderAnswer.NoContent), NotificationResults.Delivered());

    [Theory]
    [InlineData(HttpStatusCode.OK)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.InternalServerError)]
    public async Task Rejected_OfTheLibrary_LooksTheSame(HttpStatusCode status) =>
        AssertSame(await NotifyAsync(ProviderAnswer.Status(status)), NotificationResults.Rejected(status));

    [Fact]
    public async Task Rejected_WithRetryAfter_LooksAsThatOfTheLibrary() => AssertSame(
        await NotifyAsync(ProviderAnswer.Status(HttpStatusCode.ServiceUnavailable, Minute)),
        NotificationResults.Rejected(HttpStatusCode.ServiceUnavailable, Minute));

    [Fact]
    public async Task Unreachable_OfTheLibrary_LooksTheSame() =>
        AssertSame(await NotifyAsync(ProviderAnswer.Hang), NotificationResults.Unreachable());

    [Fact]
    public async Task Suspended_WithRetryAfter_LooksAsThatOfTheLibrary() => AssertSame(
        await NotifyAsync(ProviderAnswer.Status(HttpStatusCode.ServiceUnavailable, Minute), times: 2),
        NotificationResults.Suspended(Minute));

    [Fact]
    public async Task Blocked_OfTheLibrary_LooksTheSame()
    {
        var real = await NotifyAsync(options => options.InvitationCreatedUrl = "http://10.0.0.1/?i=%invitee%");

        Assert.IsAssignableFrom(NotificationResults.Blocked().Exception!.GetType(), real.Exception);
        AssertSame(real, NotificationResults.Blocked() with { Exception = real.Exception });
    }

    [Fact]
    public async Task NotConfigured_OfTheLibrary_LooksTheSame() => AssertSame(await NotifyAsync(_ => { }), NotificationResults.NotConfigured());

    [Fact]
    public async Task Unrepresentable_OfTheLibrary_LooksTheSame() => AssertSame(
        await NotifyAsync(
            options =>
            {
                options.InvitationCreatedUrl = "http://10.0.0.1/";
                options.InvitationCreatedPostData = "<i>%invitee%</i>";
                options.InvitationCreatedContentType = "application/xml";
            },
            invitee: "\u0001"),
        NotificationResults.Unrepresentable());

    [Fact]
    public void Suspended_WithoutRetryAfter_IsTransient()
    {
        var result = NotificationResults.Suspended();

        Assert.True(result.IsTransient);
        Assert.Null(result.RetryAfter);
        Assert.Contains("concurrency limit", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Results_WrongArguments_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => NotificationResults.Rejected(HttpStatusCode.NoContent));
        Assert.Throws<ArgumentOutOfRangeException>(() => NotificationResults.Rejected(HttpStatusCode.Continue));
        Assert.Throws<ArgumentOutOfRangeException>(() => NotificationResults.Rejected(HttpStatusCode.OK, -Minute));
        Assert.Throws<ArgumentOutOfRangeException>(() => NotificationResults.Suspended(-Minute));
        Assert.Throws<ArgumentOutOfRangeException>(() => NotificationResults.Delivered(attempts: 0));
    }

    private static void AssertSame(NotificationResult expected, NotificationResult actual)
    {
        Assert.Equal(expected.Exception?.GetType(), actual.Exception?.GetType());
        Assert.Equal(expected.Exception?.Message, actual.Exception?.Message);
        Assert.Equal(
            (expected.Outcome, expected.StatusCode, expected.Attempts, expected.RetryAfter, expected.Reason, expected.IsTransient),
            (actual.Outcome, actual.StatusCode, actual.Attempts, actual.RetryAfter, actual.Reason, actual.IsTransient));
    }

    private static async Task<NotificationResult> NotifyAsync(ProviderAnswer answer, int times = 1)
    {
        var time = new FakeTimeProvider();
        await using var provider = new FakeProvider().AnswerWith(async (_, _) =>
        {
            if (answer == ProviderAnswer.Hang)
            {
                await Task.Yield();
                time.Advance(Minute);
            }

            return answer;
        });
        return await NotifyAsync(
            options =>
            {
                options.InvitationCreatedUrl = provider.Url + "/?i=%invitee%";
                options.Egress.AllowedRanges = [FakeProvider.AllowedRange];
            },
            time: time,
            times: times);
    }

    private static async Task<NotificationResult> NotifyAsync(
        Action<InvitationNotifierOptions> configure, string invitee = "1", TimeProvider? time = null, int times = 1)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(time ?? TimeProvider.System);
        services.AddInvitationNotifier(configure);
        await using var provider = services.BuildServiceProvider();
        var notifier = provider.GetRequiredService<IInvitationNotifier>();
        for (var number = 1; number < times; number++)
        {
            await notifier.NotifyOnceAsync(new Invitation(invitee, "2", "3"));
        }

        return await notifier.NotifyOnceAsync(new Invitation(invitee, "2", "3"));
    }
}
