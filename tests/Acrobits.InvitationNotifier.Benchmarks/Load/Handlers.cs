using System.Net;

namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>What the clients that the library is compared with have in common.</summary>
internal static class Handlers
{
    /// <summary>The handler, set up as the library sets up its own.</summary>
    public static SocketsHttpHandler Create(bool reusesConnections) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        PooledConnectionLifetime = reusesConnections ? TimeSpan.FromMinutes(2) : TimeSpan.Zero,
    };

    /// <summary>The headers of the documented request.</summary>
    public static HttpClient WithDocumentedHeaders(this HttpClient client, Workload workload)
    {
        client.BaseAddress = workload.Origin;
        client.DefaultRequestHeaders.TryAddWithoutValidation("Cache-Control", DocumentedRequest.CacheControl);
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", DocumentedRequest.UserAgent);
        if (!workload.ReusesConnections)
        {
            client.DefaultRequestHeaders.TryAddWithoutValidation("Connection", "close");
        }

        return client;
    }

    public static void Expect204(HttpStatusCode status)
    {
        if (status != HttpStatusCode.NoContent)
        {
            throw new InvalidOperationException($"The server answered {status}.");
        }
    }
}
