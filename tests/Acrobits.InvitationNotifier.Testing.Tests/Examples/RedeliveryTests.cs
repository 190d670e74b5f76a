using System.Net.Http.Json;
using Acrobits.InvitationNotifier;
using Acrobits.InvitationNotifier.Testing;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MyApplication.Tests;

public sealed class RedeliveryTests
{
    [Fact]
    public async Task PostInvitations_ProviderThatComesBack_GetsTheInvitation()
    {
        var time = new FakeTimeProvider();
        var notifier = new FakeInvitationNotifier()
            .AnswerWith(NotificationResults.Unreachable(), NotificationResults.Delivered());
        await using var application = new WebApplicationFactory<Program>().WithWebHostBuilder(host => host
            .ConfigureTestServices(services => services
                .AddSingleton<TimeProvider>(time)
                .AddSingleton<IInvitationNotifier>(notifier)));
        using var client = application.CreateClient();

        await client.PostAsJsonAsync(
            "/invitations", new { Phone = "15551231234", UserName = "johnsnow", CloudId = "mynetwork" });

        // The queue sets its timer when the first delivery has failed. Advance until the second one arrives.
        var deliveries = notifier.WaitForAsync(2);
        while (!deliveries.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10);
        }

        Assert.Single((await deliveries).Select(invitation => invitation.Id).Distinct());
    }
}
