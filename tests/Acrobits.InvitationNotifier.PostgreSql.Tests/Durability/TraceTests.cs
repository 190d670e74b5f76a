using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;
using Acrobits.InvitationNotifier.Rebus.Tests.Support;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Durability;

[Trait("Category", "postgres")]
public sealed class TraceTests(PostgresFixture postgres)
{
    [Fact]
    public async Task EnqueueAsync_DeliveredAgain_TraceLeadsFromTheCallerToEachRequest()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.Status(503), Answers.NoContent);
        using var trace = new TracedDelivery();
        var queue = new TestQueue(database);
        await using (var host = await queue.StartAsync(provider.Url(Arrivals.Template)))
        {
            await trace.EnqueueAsync(invitation => host.EnqueueAsync([invitation]), Samples.Invitation);
            await Arrivals.UntilAsync(provider, 1);
            await queue.UntilEmptyAsync();
        }

        trace.AssertLeadsToEachRequest(deliveries: 2);
    }
}
