using System.Globalization;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Queueing;

/// <summary>Validates the queue's options and lists all problems.</summary>
internal sealed class QueueOptionsValidator : IValidateOptions<InvitationQueueOptions>
{
    private static readonly TimeSpan MaxEnqueueTimeout = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, InvitationQueueOptions options)
    {
        var problems = new ProblemScope();
        AtLeastOne(nameof(options.Capacity), options.Capacity);
        AtLeastOne(nameof(options.CapacityPerNetwork), options.CapacityPerNetwork);
        AtLeastOne(nameof(options.MaxConcurrentDeliveriesPerNetwork), options.MaxConcurrentDeliveriesPerNetwork);
        if (options.EnqueueTimeout < TimeSpan.Zero || options.EnqueueTimeout > MaxEnqueueTimeout)
        {
            problems.Add(
                nameof(options.EnqueueTimeout),
                $"{options.EnqueueTimeout:c} is out of range. Use a time (hh:mm:ss) from {TimeSpan.Zero:c} to 24 hours ({MaxEnqueueTimeout:c})");
        }

        if (options.Redelivery is null)
        {
            problems.Add(nameof(options.Redelivery), "is missing. To turn redelivery off, use a schedule without delays");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems.All);

        void AtLeastOne(string key, int value)
        {
            if (value < 1)
            {
                problems.Add(key, string.Create(CultureInfo.InvariantCulture, $"{value} is out of range. Use 1 or more"));
            }
        }
    }
}
