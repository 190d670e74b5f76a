using System.Net;
using System.Net.Http.Json;
using Acrobits.InvitationNotifier;
using Acrobits.InvitationNotifier.Testing;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MyApplication.Tests;

public sealed class InvitationsTests : IDisposable
{
    private readonly FakeInvitationQueue _queue = new();
    private readonly WebApplicationFactory<Program> _application;

    public InvitationsTests() => _application = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
        host.ConfigureTestServices(services => services.AddSingleton<IInvitationQueue>(_queue)));

    [Fact]
    public async Task PostInvitations_NewUser_EnqueuesTheInvitation()
    {
        using var client = _application.CreateClient();

        var response = await client.PostAsJsonAsync(
            "/invitations", new { Phone = "15551231234", UserName = "johnsnow", CloudId = "mynetwork" });

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal([new Invitation("15551231234", "johnsnow", "mynetwork")], _queue.Invitations);
    }

    [Fact]
    public async Task PostInvitations_FullQueue_Answers503()
    {
        _queue.IsFull = true;   // EnqueueAsync throws a TimeoutException, without the wait
        using var client = _application.CreateClient();

        var response = await client.PostAsJsonAsync(
            "/invitations", new { Phone = "15551231234", UserName = "johnsnow", CloudId = "mynetwork" });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    public void Dispose() => _application.Dispose();
}
