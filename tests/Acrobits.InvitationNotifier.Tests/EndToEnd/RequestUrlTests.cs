using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>The application's own handlers read the URL of a request as any other.</summary>
public sealed class RequestUrlTests
{
    [Theory]
    [InlineData("invitation/?invitee=%invitee%&net=%network_id%", "invitation/?invitee=15551231234&net=mynetwork")]
    [InlineData("a%2Fb//%invitor%.%C5%BE/?c[]=ž ", "a%2Fb//johnsnow.%C5%BE/?c[]=%C5%BE")]
    [InlineData("", "")]
    public async Task NotifyAsync_HandlerReadsTheUrlAfterTheAnswer_IsDeliveredOnce(string template, string expected)
    {
        var read = new List<string>();
        await using var provider = new Provider(Replies.NoContent);
        using var application = Application.Create(
            provider.Url + template, (_, client) => client.AddHttpMessageHandler(() => new UrlReader(read)));

        var result = await application.NotifyAsync();

        Assert.Equal((NotificationOutcome.Delivered, 1), (result.Outcome, result.Attempts));
        Assert.Equal([provider.Url + expected], read);
        Assert.Single(provider.Requests);
    }

    private sealed class UrlReader(List<string> read) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            read.Add(request.RequestUri!.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped));
            return response;
        }
    }
}
