using System.Net;

namespace Acrobits.InvitationNotifier.Benchmarks;

/// <summary>A provider that answers 204 at once, without a network.</summary>
internal sealed class NoContentHandler : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(new HttpResponseMessage(HttpStatusCode.NoContent));
}
