using System.Globalization;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>Validates the delivery log's options and lists all problems.</summary>
internal sealed class DeliveryLogOptionsValidator : IValidateOptions<InvitationDeliveryLogOptions>
{
    public ValidateOptionsResult Validate(string? name, InvitationDeliveryLogOptions options)
    {
        var problems = new ProblemScope();
        AtLeastOne(nameof(options.Capacity), options.Capacity);
        AtLeastOne(nameof(options.CapacityPerNetwork), options.CapacityPerNetwork);
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
