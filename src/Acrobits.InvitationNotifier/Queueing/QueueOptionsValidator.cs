using Acrobits.InvitationNotifier.Configuration;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Queueing;

/// <summary>Validates the queue's options and lists all problems.</summary>
internal sealed class QueueOptionsValidator : IValidateOptions<InvitationQueueOptions>
{
    public ValidateOptionsResult Validate(string? name, InvitationQueueOptions options)
    {
        var problems = new ProblemScope();
        NotifierKeys.Check(options, problems);
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems.All);
    }
}
