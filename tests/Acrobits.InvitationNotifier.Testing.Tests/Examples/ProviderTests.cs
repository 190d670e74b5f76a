using System.Net.Http.Json;
using Acrobits.InvitationNotifier.Testing;
using Microsoft.AspNetCore.Mvc.Testing;
using Xunit;

namespace MyApplication.Tests;

public sealed class ProviderTests
{
    [Fact]
    public async Task PostInvitations_NewUser_ReachesTheProvider()
    {
        await using var provider = new FakeProvider();
        await using var application = new WebApplicationFactory<Program>().WithWebHostBuilder(host => host
            .UseSetting("InvitationNotifier:InvitationCreatedUrl", provider.Url + "/created?invitee=%invitee%&invitor=%invitor%&net=%network_id%")
            .UseSetting("InvitationNotifier:Egress:AllowedRanges:0", FakeProvider.AllowedRange));
        using var client = application.CreateClient();

        await client.PostAsJsonAsync(
            "/invitations", new { Phone = "+420123", UserName = "johnsnow", CloudId = "mynetwork" });

        var request = Assert.Single(await provider.WaitForAsync(1));
        Assert.Equal("GET", request.Method);
        Assert.Equal("/created?invitee=%2B420123&invitor=johnsnow&net=mynetwork", request.PathAndQuery);
    }
}
