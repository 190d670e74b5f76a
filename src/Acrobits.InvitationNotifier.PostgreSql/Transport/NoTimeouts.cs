using Rebus.Timeouts;

namespace Acrobits.InvitationNotifier.PostgreSql.Transport;

/// <summary>Deferred messages wait in the table itself, so nothing else stores them.</summary>
internal sealed class NoTimeouts : ITimeoutManager
{
    public Task Defer(DateTimeOffset approximateDueTime, Dictionary<string, string> headers, byte[] body) => throw new NotSupportedException();

    public Task<DueMessagesResult> GetDueMessages() => Task.FromResult(DueMessagesResult.Empty);
}
